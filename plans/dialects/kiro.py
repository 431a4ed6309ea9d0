"""Kiro's tasks.md: numbered boxes, nested or flat, with `_Requirements: …_` and optional tasks (`- [ ]* 2.3 …`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plans.blocks import Item
from plans.dialects.base import Dialect
from plans.dialects.box_plan import box_plan
from plans.dialects.boxes import NUMBER, BoxHead, ordinals, own_ends, own_title, parents_of, state_in_box
from plans.dialects.headed import mark_either, unmark_either
from plans.dialects.superpowers import task_headings
from plans.document import Document
from plans.sections import Grouping
from plans.types import ParsedPlan

_REQUIREMENTS = re.compile(r"[_*]*Requirements?[_*]*:[ \t]*(?P<what>.*)$")
IN_PROGRESS = "-"


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    chosen = numbered_boxes(document.items)
    if not chosen:
        return task_headings(document, "kiro")
    grouping = Grouping([heading for heading in document.headings if heading.level == 2])
    ends = own_ends([item for item, _ in chosen])
    names = [key for _, key in chosen]
    parents = parents_of([item for item, _ in chosen], names)
    heads = [
        BoxHead(
            item,
            key,
            _title(document, item),
            grouping.at(item.line),
            parent,
            ends[item.line],
            optional=document.lines[item.line - 1].startswith("*", item.box_column + 2 + len(item.box or "")),
            tags=_requirements(document, item, ends[item.line]),
        )
        for (item, key), parent in zip(chosen, parents, strict=True)
    ]
    return box_plan(document, "kiro", heads, grouping, marks=IN_PROGRESS)


def numbered_boxes(items: Sequence[Item]) -> list[tuple[Item, str]]:
    """The boxes with a number of their own, each with it; without any, the outermost boxes by their order."""
    boxes = [item for item in items if item.box is not None]
    found = [(item, match["key"]) for item in boxes if (match := NUMBER.match(item.text))]
    if found:
        loose = [item for item in boxes if item.depth == 0 and not NUMBER.match(item.text)]
        extra = list(zip(loose, ordinals(len(loose), [key for _, key in found]), strict=True))
        return sorted([*found, *extra], key=lambda pair: pair[0].line)
    outer = [item for item in boxes if item.depth == 0]
    return list(zip(outer, ordinals(len(outer)), strict=True))


def _title(document: Document, item: Item) -> str:
    text = own_title(document, item)
    match = NUMBER.match(text)
    return match["title"] if match else text


def _requirements(document: Document, item: Item, end: int) -> tuple[str, ...]:
    """What the task implements, as tags: `Requirements 1.1`."""
    for other in document.items_in(item.line + 1, end):
        match = _REQUIREMENTS.match(other.text)
        if match:
            return tuple(
                f"Requirement {part.strip()}" for part in match["what"].rstrip("_* ").split(",") if part.strip()
            )
    return ()


DIALECT = Dialect(
    "kiro",
    parse,
    "the ticked box of the task; [-] while it is in progress",
    mark_either,
    state_in_box({"in_progress": IN_PROGRESS, "pending": " "}),
    unmark_either,
)
