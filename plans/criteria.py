"""Acceptance criteria: one verbatim part for each outermost bullet of a field."""

from __future__ import annotations

from collections.abc import Sequence

from plans.blocks import Item
from plans.document import Document
from plans.fields import Field
from plans.types import Part, Span


def read_criteria(document: Document, field: Field) -> list[Part]:
    """One Part per outermost bullet with all that is nested in it; without bullets the whole text is one."""
    outer = outermost(document.items_in(field.line + 1, field.end))
    if not outer:
        part = field.part(document)
        return [part] if part else []
    return bullets(document, outer, field.end)


def outermost(items: Sequence[Item]) -> list[Item]:
    """Those of the items that are nested in none of the others."""
    depth = min([item.depth for item in items], default=0)
    return [item for item in items if item.depth == depth]


def bullets(document: Document, outer: Sequence[Item], end: int) -> list[Part]:
    """Each item with what is nested in it; `end` is the last line that may belong to one."""
    ends = [*[following.line - 1 for following in outer[1:]], end]
    return [_bullet(document, item, min(item.end, last)) for item, last in zip(outer, ends, strict=False)]


def _bullet(document: Document, item: Item, end: int) -> Part:
    line = item.line
    nested = document.part(line + 1, end) if end > line else None
    return Part(f"{item.text}\n{nested.text}" if nested else item.text, Span(line, max(line, end)))
