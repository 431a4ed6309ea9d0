"""Steps that are written as an ordered list without boxes, in a plan that is recognised by something else."""

from __future__ import annotations

from collections.abc import Sequence

from plans.criteria import outermost
from plans.dialects.boxes import BoxHead, ordinals, own_ends, own_title
from plans.document import Document
from plans.sections import find_section

STEPS = ("steps", "implementation steps", "implementation checklist", "implementation plan", "implementation", "tasks")


def listed(document: Document, names: Sequence[str] = STEPS) -> list[BoxHead]:
    """The outermost numbered items of the first section with one of these names; none where it has boxes."""
    section = find_section(document, names)
    inside = document.items_in(section.span.start, section.span.end) if section else ()
    items = [item for item in outermost(inside) if item.marker[:1].isdigit()]
    if section is None or any(item.box is not None for item in inside):
        return []
    numbers = [item.marker.rstrip(".)") for item in items]
    keys = numbers if len(set(numbers)) == len(numbers) else ordinals(len(items))
    ends = own_ends(items)
    return [
        BoxHead(item, key, own_title(document, item), end=min(ends[item.line], section.span.end))
        for item, key in zip(items, keys, strict=True)
    ]
