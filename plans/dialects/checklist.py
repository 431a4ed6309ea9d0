"""Plain checklists, the last resort: numbered headings with what has to hold below them, or just boxes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from plans.blocks import Heading, Item
from plans.dialects.base import Dialect
from plans.dialects.box_plan import box_plan
from plans.dialects.boxes import BoxHead, ordinals, own_ends, own_title
from plans.dialects.detection import STEP_SECTIONS
from plans.dialects.headed import mark_either, unmark_either
from plans.dialects.headed_plan import headed_plan
from plans.dialects.outline import Grammar, Outline, read_outline, step_pattern
from plans.document import Document
from plans.marks import CHECK
from plans.sections import Grouping, find_section
from plans.types import ParsedPlan, Span

WORDS = Grammar("Step", step_pattern("Phase|Step|Task|Stage|Part"), None, "")
NOUNS = frozenset({"step", "steps", "phase", "phases", "task", "tasks", "stage", "stages", "part", "parts"})
_BARE_NUMBER = re.compile(
    rf"(?:(?P<before>{CHECK})[ \t]*)?(?P<word>)(?P<key>[0-9]+(?:\.[0-9]+)*[a-z]?)(?P<inner>)"
    r"[.):][ \t]+(?P<title>.*)$"
)
NUMBERED = Grammar("Step", _BARE_NUMBER, None, "")


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    """Headings such as `Phase 2` where they hold the boxes or there are none; else boxes; else a numbered section."""
    outline = read_outline(document, WORDS)
    boxes = [item for item in document.items if item.box is not None]
    if len(outline.heads) > 1 and _hold(outline, boxes):
        return headed_plan(document, "checklist", outline, NOUNS, "Step")
    if not boxes:
        outline = _numbered_section(document)
        return headed_plan(document, "checklist", outline, NOUNS, "Step")
    return _boxes(document, boxes)


def _hold(outline: Outline, boxes: Sequence[Item]) -> bool:
    """Whether most boxes stand below the headings; without boxes the headings must be a section of their own."""
    lines = [head.line for head in outline.heads]
    above = [bisect_left(lines, box.line) - 1 for box in boxes]
    inside = sum(place >= 0 and box.line <= outline.heads[place].end for box, place in zip(boxes, above, strict=True))
    return inside * 2 > len(boxes)


def _numbered_section(document: Document) -> Outline:
    section = find_section(document, STEP_SECTIONS)
    if section is None:
        return Outline()
    span = Span(section.span.start, section.span.end)
    for grammar in (NUMBERED, WORDS):
        outline = read_outline(document, grammar, span.start, span.end)
        if outline.heads:
            return outline
    return Outline()


def _boxes(document: Document, boxes: Sequence[Item]) -> ParsedPlan:
    outer = _outermost(boxes)
    ends = own_ends(outer)
    grouping = Grouping(_group_headings(document, outer))
    heads = [
        BoxHead(item, key, own_title(document, item), grouping.at(item.line), end=ends[item.line])
        for item, key in zip(outer, ordinals(len(outer)), strict=True)
    ]
    return box_plan(document, "checklist", heads, grouping)


def _outermost(boxes: Sequence[Item]) -> list[Item]:
    """Those that are nested in no other box."""
    found: list[Item] = []
    for item in boxes:
        if not found or item.line > found[-1].end:
            found.append(item)
    return found


def _group_headings(document: Document, outer: Sequence[Item]) -> list[Heading]:
    top = [heading for heading in document.headings if heading.level == 1]
    return [heading for heading in document.headings if heading.level > 1 or len(top) > 1]


DIALECT = Dialect(
    "checklist",
    parse,
    "the ticked boxes of the step; ✅ in its heading where it has none",
    mark_either,
    unmarked=unmark_either,
)
