"""What a dialect is: how sure it is of a text, how it reads it, and which marks it can write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from plans.document import Document, Edits
from plans.types import ParsedPlan, ParsedStep


@dataclass(frozen=True, slots=True)
class Detection:
    """Confidence from 0 (surely not) to 1, and in words why."""

    confidence: float
    reasons: tuple[str, ...] = ()


class Dialect(Protocol):
    """One way to write a plan; each is a module of this package."""

    NAME: str

    def detect(self, document: Document) -> Detection: ...

    def parse(self, document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
        """Read a text. `keys` are those of the whole plan in its order when the text is one file of several."""

    def passed(self, document: Document, step: ParsedStep) -> Edits:
        """The edits that mark a step as complete; empty when it already is or when there is no such mark."""

    def unmarked(self, document: Document, plan: ParsedPlan) -> Edits:
        """The edits that take all completion marks out of the text."""
