"""The dialects that plans are written in, and which of them a text is."""

from __future__ import annotations

from typing import cast

from plans.dialects import blueprint
from plans.dialects.base import Detection, Dialect
from plans.document import Document

DIALECTS: dict[str, Dialect] = {blueprint.NAME: cast(Dialect, blueprint)}

UNKNOWN = "unknown"
"""The dialect's name of a text that no dialect claims."""


def detect(document: Document) -> tuple[Dialect | None, Detection]:
    """The surest dialect, the earlier of equals; None (with every dialect's reasons) when none claims the text."""
    found = [(dialect, dialect.detect(document)) for dialect in DIALECTS.values()]
    dialect, best = max(found, key=lambda pair: pair[1].confidence)
    if best.confidence > 0:
        return dialect, best
    return None, Detection(0.0, tuple(reason for _, detection in found for reason in detection.reasons))
