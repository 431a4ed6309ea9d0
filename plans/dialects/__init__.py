"""The dialects that plans are written in, and which of them a text is."""

from __future__ import annotations

from plans.dialects import (
    blueprint,
    bmad,
    checklist,
    cursor,
    execplan,
    kiro,
    milestone,
    openspec,
    phases,
    spec,
    speckit,
    superpowers,
    taskboard,
    taskmaster,
)
from plans.dialects.base import Detection, Dialect
from plans.dialects.detection import rank
from plans.document import Document

_MODULES = (
    milestone, blueprint, spec, phases, taskboard, speckit, kiro, taskmaster, superpowers, bmad, openspec, cursor,
    execplan, checklist,
)  # fmt: skip

DIALECTS: dict[str, Dialect] = {module.DIALECT.name: module.DIALECT for module in _MODULES}

UNKNOWN = "unknown"
"""The dialect's name of a text that no dialect claims."""

WEAKEST = 0.3
"""A text for which less than this speaks is no plan."""


def detect(document: Document) -> list[Detection]:
    """The dialects that a text may be written in, the surest first; none when too little speaks for any."""
    return [found for found in rank(document) if found.confidence >= WEAKEST]
