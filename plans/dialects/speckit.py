"""Spec Kit's tasks.md: `- [ ] T001 [P] [US1] Title` below phases."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plans.blocks import Item
from plans.dialects.base import Dialect
from plans.dialects.box_plan import box_plan
from plans.dialects.boxes import BoxHead, own_ends, own_title, tick, untick
from plans.document import Document
from plans.sections import Grouping
from plans.types import ParsedPlan

_TASK = re.compile(
    r"(?:~~)?(?:\*\*)?\[?(?P<key>T[0-9]{2,}[A-Za-z]?(?:\.[0-9]+[a-z]?)?)(?![A-Za-z0-9]|\.[0-9]|[-–—]T?[0-9])\]?"
    r"(?:\*\*)?[:.]?(?:\*\*)?[ \t]*(?P<title>.*)$"
)
_TAG = re.compile(r"[ \t]*\[(?P<tag>[A-Z][A-Za-z0-9 ._+,/-]{0,20})\](?!\()[ \t]*")


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    chosen = [(item, match) for item in document.items if item.box is not None and (match := _TASK.match(item.text))]
    ends = own_ends([item for item, _ in chosen])
    grouping = Grouping([heading for heading in document.headings if heading.level == 2])
    heads = [_head(document, item, match["key"], grouping, ends[item.line]) for item, match in chosen]
    return box_plan(document, "speckit", heads, grouping)


def _head(document: Document, item: Item, key: str, grouping: Grouping, end: int) -> BoxHead:
    match = _TASK.match(own_title(document, item))
    title, tags = _without_tags(match["title"] if match else item.text)
    parallel = "P" in tags or None
    return BoxHead(item, key, title, grouping.at(item.line), None, end, parallel=parallel, tags=tags)


def _without_tags(text: str) -> tuple[str, tuple[str, ...]]:
    tags, end = [], 0
    while match := _TAG.match(text, end):
        tags.append(match["tag"])
        end = match.end()
    return text[end:].strip().removeprefix("—").removeprefix("–").removeprefix("- ").strip(), tuple(tags)


DIALECT = Dialect("speckit", parse, "the ticked box of the task", tick, unmarked=untick)
