"""What is written into a phase plan besides ticks: checkpoints, the status line and the summary at the end."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from plans.dialects.headed import mark_heading, unmark_heading
from plans.document import Document, Edits
from plans.sections import find_section
from plans.types import Checkpoint, ParsedPlan, ParsedStep, Section

CHECKPOINTS = ("execution checkpoints",)
SUMMARY = ("implementation summary",)
_STATUS = re.compile(r"(\*\*Status:?\*\*:?[ \t]*)(.*)$")
_CHECKPOINT = re.compile(r"[ \t-]*phase[_ ]?(?P<key>[0-9]+(?:[._][0-9]+)*[a-z]?)[ \t]*:[ \t]*$", re.IGNORECASE)
_PAIR = re.compile(r"[ \t]+(?P<name>[a-z_]+)[ \t]*:[ \t]*(?P<value>.*)$")


def read_checkpoints(document: Document) -> list[Checkpoint]:
    """What stands below Execution Checkpoints, fenced or not: a phase's name, and its fields indented below it."""
    found: list[Checkpoint] = []
    section = find_section(document, CHECKPOINTS)
    for number in range(section.span.start, section.span.end + 1) if section else ():
        text = document.lines[number - 1]
        if head := _CHECKPOINT.match(text):
            found.append(Checkpoint(head["key"].replace("_", "."), number, "", {}))
        elif found and (pair := _PAIR.match(text)):
            found[-1].fields[pair["name"]] = pair["value"].strip().strip("\"'")
    return [Checkpoint(one.key, one.line, one.fields.get("status", ""), one.fields) for one in found]


def checkpoint(document: Document, key: str, fields: Mapping[str, str]) -> Edits:
    """The phase's checkpoint with these fields, in place of the one it has, else below the others, else in a section
    at the end of the text."""
    told = [f"    {name}: {_on_one_line(text)}" for name, text in fields.items()]
    block = "\n".join([f"- phase_{key.replace('.', '_')}:", *told])
    section = find_section(document, CHECKPOINTS)
    if section is None:
        return _appended(document, len(document.lines), f"\n## Execution Checkpoints\n\n{block}")
    known = read_checkpoints(document)
    own = next((place for place, one in enumerate(known) if one.key == key), None)
    if own is None:
        return _appended(document, section.span.end, block)
    end = known[own + 1].line - 1 if own + 1 < len(known) else _last(document, section.span.end)
    return {known[own].line: block} | dict.fromkeys(range(known[own].line + 1, _last(document, end) + 1))


def _on_one_line(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if "\n" in text or "\r" in text else text


def implemented(document: Document, plan: ParsedPlan, at: datetime, duration: str) -> Edits:
    """`**Status:** Implemented`, and an Implementation Summary at the end where there is none."""
    edits: dict[int, str | None] = {}
    for line in _status_lines(document, plan):
        edits[line] = _STATUS.sub(r"\1Implemented", document.lines[line - 1])
    if find_section(document, SUMMARY) is None:
        done = [f"- Phase {step.key}: {step.title} - Complete" for step in plan.steps]
        told = [f"**Completed:** {at:%Y-%m-%d}", f"**Total Duration:** {duration}"]
        text = "\n".join(["\n## Implementation Summary\n", *told, "\n**Phases Completed:**\n", *done])
        edits |= _appended(document, len(document.lines), text)
    return edits


def unmarked(document: Document, plan: ParsedPlan) -> Edits:
    """No ticks, no checkpoints, no summary, and a status line that says nothing."""
    edits: dict[int, str | None] = dict(unmark_heading(document, plan))
    for line in _status_lines(document, plan):
        edits[line] = _STATUS.sub(r"\1", document.lines[line - 1]).rstrip()
    for names in (CHECKPOINTS, SUMMARY):
        section = find_section(document, names)
        if section:
            edits |= _removed(document, section)
    return edits


def passed(document: Document, plan: ParsedPlan, step: ParsedStep, at: datetime | None) -> Edits:
    """The ticked boxes; a checkpoint that says otherwise gives way."""
    edits = dict(mark_heading(document, plan, step, at))
    stale = next(
        (one for one in plan.checkpoints if one.key == step.key and one.status and not _is_complete(one)), None
    )
    if stale is not None:
        kept = {name: text for name, text in stale.fields.items() if name not in ("failed_at", "error")}
        edits |= checkpoint(document, step.key, kept | {"status": "complete"})
    return edits


def _is_complete(one: Checkpoint) -> bool:
    return one.status.lower() in ("complete", "completed")


def _status_lines(document: Document, plan: ParsedPlan) -> Sequence[int]:
    """The first status line above the phases."""
    above = plan.steps[0].line - 1 if plan.steps else len(document.lines)
    found = [line for line in document.labels_in(1, above) if _STATUS.match(document.lines[line - 1])]
    return found[:1]


def _last(document: Document, end: int) -> int:
    while end > 1 and not document.lines[end - 1].strip():
        end -= 1
    return end


def _appended(document: Document, end: int, text: str) -> dict[int, str | None]:
    line = _last(document, end)
    return {line: f"{document.lines[line - 1]}\n{text}"}


def _removed(document: Document, section: Section) -> dict[int, str | None]:
    """The section with its heading and the empty line above it, as it was put in."""
    first = section.span.start - 1
    first -= first > 1 and not document.lines[first - 2].strip()
    return dict.fromkeys(range(first, _last(document, section.span.end) + 1))
