"""ExecPlans (PLANS.md): the boxes of the living section Progress, each with the time it was reached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from plans.blocks import Item
from plans.dialects.base import Dialect
from plans.dialects.box_plan import Extras, box_plan
from plans.dialects.boxes import BoxHead, box_items, ordinals, own_ends, own_title, tick, untick
from plans.dialects.listed import listed
from plans.document import Document, Edits
from plans.sections import find_section, stem
from plans.types import ParsedPlan, ParsedStep, Span

_ZONE = r"[ \t]*(?:Z|[+-][0-9:]{4,5}|(?:UTC|[A-Z]{3,4})\b)?"
_AT = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[ T][0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?)?{_ZONE}"
_TIME = re.compile(rf"(?:[(\[]{_AT}[)\]][ \t]*(?:[:—–-](?=\s))?|{_AT}[ \t]*[:—–-](?=\s))[ \t]*")
PROGRESS = ("progress", "task breakdown")
PURPOSE = ("purpose / big picture", "purpose", "purpose and big picture")


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    section = find_section(document, PROGRESS)
    span = section.span if section else Span(1, len(document.lines))
    inside = document.items_in(span.start, span.end)
    items = [item for item in inside if item.box is not None and item.depth == 0]
    if not items:
        return box_plan(document, "execplan", listed(document), extras=_extras(document))
    ends = own_ends(items)
    titles = [_untimed(own_title(document, item)) for item in items]
    heads = [
        BoxHead(item, key, title, end=min(ends[item.line], span.end), own_text=_untimed(item.text))
        for item, key, title in zip(items, ordinals(len(items)), titles, strict=True)
    ]
    return box_plan(document, "execplan", heads, extras=_extras(document))


def _untimed(text: str) -> str:
    time = _TIME.match(text)
    return text[time.end() if time else 0 :].strip()


def _extras(document: Document) -> Extras:
    section = find_section(document, PURPOSE)
    part = document.part(section.span.start, section.span.end) if section else None
    return Extras(goal=part.text if part else None, title=_title(document))


def _title(document: Document) -> str | None:
    """The file's name when the top headings are sections, as in a plan without a title."""
    top = [heading for heading in document.headings if heading.level == 1]
    return stem(document) if len(top) > 2 else None


def _passed(document: Document, plan: ParsedPlan, step: ParsedStep, at: datetime | None) -> Edits:
    """The ticked box and, behind it, the time."""
    edits = dict(tick(document, plan, step, at))
    if at is None or step.line not in edits:
        return edits
    (item,) = box_items(document, [step.line])
    edits[step.line] = _timed(edits[step.line] or "", item, at)
    return edits


def _timed(line: str, item: Item, at: datetime) -> str:
    start = _text_column(line, item)
    if not line[start:] or _TIME.match(line, start):
        return line
    return f"{line[:start]}({at.astimezone(UTC):%Y-%m-%d %H:%M}Z) {line[start:]}"


def _text_column(line: str, item: Item) -> int:
    """Where the entry's text starts, behind its box."""
    behind = item.box_column + 2 + len(item.box or " ")
    behind += line.startswith("*", behind)
    return behind + len(line[behind:]) - len(line[behind:].lstrip(" \t"))


def _unmarked(document: Document, plan: ParsedPlan) -> Edits:
    edits = dict(untick(document, plan))
    for step in plan.steps:
        (item,) = box_items(document, [step.line])
        line = edits.get(step.line) or document.lines[step.line - 1]
        start = _text_column(line, item)
        bare = line[:start] + _untimed(line[start:])
        if bare != document.lines[step.line - 1] or item.box != " ":
            edits[step.line] = bare
    return edits


DIALECT = Dialect("execplan", parse, "the ticked box with its time", _passed, unmarked=_unmarked)
