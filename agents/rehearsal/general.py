"""The script for any plan: it plays every step by the same few moves.

The builder adds the step's key and title to REHEARSAL.md, the reviewer accepts every criterion that its brief lists,
and the verifier proves nothing, so that a person is asked. What the checks say is what they really say.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from agents.rehearsal.script import Call, Turn
from agents.types import Role

NOTES = "REHEARSAL.md"


def turn(role: Role, key: str, brief: str, number: int) -> Turn:
    """The assistant message with this number, from 0, in a dispatch that has no scene of its own."""
    return _ROLES[role](key, brief, number)


def _builder(key: str, brief: str, number: int) -> Turn:
    line = f"- {key}: {title(brief)}"
    if number == 0:
        command = f"printf '%s\\n' {shlex.quote(line)} >> {NOTES}"
        return Turn(
            say=f"This is a rehearsal: I only note the step in {NOTES}.", calls=(_call("shell", command=command),)
        )
    report = _call(
        "report",
        files=[{"path": NOTES, "intent": f"notes that step {key} was rehearsed"}],
        decisions=[],
        deviations=["Nothing of the step was built: no model is at work in a rehearsal."],
        summary=f"Rehearsed step {key} by adding a line to {NOTES}.",
    )
    return Turn(say="The note is written.", calls=(report,))


def _reviewer(key: str, brief: str, number: int) -> Turn:
    note = "Accepted without reading: no model is at work in a rehearsal."
    verdicts = [
        {"criterion": index, "verdict": "met", "note": note} for index in range(1, numbered("Criterion", brief) + 1)
    ]
    return Turn(
        say=f"This is a rehearsal: I accept step {key}.", calls=(_call("report", criteria=verdicts, findings=[]),)
    )


def _verifier(key: str, brief: str, number: int) -> Turn:
    note = "No proof is named: no model is at work in a rehearsal."
    items = [{"item": index, "note": note} for index in range(1, numbered("Item", brief) + 1)]
    return Turn(say=f"This is a rehearsal: a person decides on step {key}.", calls=(_call("report", items=items),))


_ROLES: dict[Role, Callable[[str, str, int], Turn]] = {
    "builder": _builder,
    "reviewer": _reviewer,
    "verifier": _verifier,
}


def title(brief: str) -> str:
    """The step's title, from the brief's own first heading."""
    found = re.match(r"# .*? step \S+: (.*)", brief)
    return found[1].strip() if found else "untitled"


def numbered(noun: str, brief: str) -> int:
    """How many `Noun N:` lines the brief has outside fences: quoted text cannot add one."""
    count, fence = 0, None
    for line in brief.splitlines():
        if fence is None and re.fullmatch("`{3,}", line):
            fence = line
        elif line == fence:
            fence = None
        elif fence is None and re.fullmatch(rf"{noun} \d+:", line):
            count += 1
    return count


def _call(tool: str, **arguments: object) -> Call:
    return Call(tool=tool, input=arguments)
