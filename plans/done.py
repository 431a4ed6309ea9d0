"""Whether a step is done, from everything in the plan that says so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plans.types import Claim, Problem

FINISHED = ("completed", "complete", "done", "implemented", "shipped", "merged", "finished", "closed")
_UNDONE = re.compile(r"(?:^|[-–—:(\[*~][ \t*]*)(SKIPPED|NOT DONE|PARTIAL(?:LY)?(?: COMPLETE)?|INCOMPLETE)\b")


def is_finished(status: str) -> bool:
    """Whether a status word says that the work is over: `completed`, `✅ Done`, `completed_conditional`."""
    words = re.findall(r"[a-z]+", status.lower())
    return bool(words) and words[0] in FINISHED and "not" not in words[:1]


def undone_word(text: str) -> str | None:
    """What a ticked line says against its own tick (`… - SKIPPED: no hardware`), None when nothing."""
    match = _UNDONE.search(text)
    return match[1] if match else None


def settle(name: str, line: int, claims: Sequence[Claim]) -> tuple[bool, list[Problem]]:
    """Done when at least one place says so and none says otherwise; a problem names two places that disagree."""
    for_it = next((claim for claim in claims if claim.done), None)
    against = next((claim for claim in claims if not claim.done), None)
    if for_it is None or against is None:
        return for_it is not None, []
    message = (
        f"{name} is {for_it.says} on line {for_it.line}, but {against.says} on line {against.line}; "
        "it counts as not done until both agree"
    )
    return False, [Problem(line, "warning", "conflicting-done", message)]
