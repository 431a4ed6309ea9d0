"""What a dialect is: how it reads a text, and which marks it can write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from plans.document import Document, Edits
from plans.types import ParsedPlan, ParsedStep

Parse = Callable[[Document, Sequence[str]], ParsedPlan]
Passed = Callable[[Document, ParsedPlan, ParsedStep, datetime | None], Edits]
Stated = Callable[[Document, ParsedPlan, ParsedStep, str, datetime | None], Edits]
Unmarked = Callable[[Document, ParsedPlan], Edits]


def writes_nothing(document: Document, plan: ParsedPlan, step: ParsedStep, at: datetime | None) -> Edits:
    return {}


def states_nothing(document: Document, plan: ParsedPlan, step: ParsedStep, status: str, at: datetime | None) -> Edits:
    return {}


def nothing_marked(document: Document, plan: ParsedPlan) -> Edits:
    return {}


def anything_may_be_marked(data: bytes) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way to write a plan.

    `parse` reads a text; its second argument are the keys of the whole plan when the text is one file of several.
    `passed` are the edits that mark a step as complete: none when it already is or when the dialect has no such mark.
    `stated` are those of a mark that claims nothing (`in_progress`, `blocked`, `pending`). `unmarked` takes all marks
    out of the text; where `may_be_marked` is false of its bytes, there are none. `mark` says in words what `passed`
    writes, "" for nothing; `needs_box` that it does so only in a step that has a box.
    """

    name: str
    parse: Parse
    mark: str = ""
    passed: Passed = writes_nothing
    stated: Stated = states_nothing
    unmarked: Unmarked = nothing_marked
    needs_box: bool = False
    may_be_marked: Callable[[bytes], bool] = anything_may_be_marked


@dataclass(frozen=True, slots=True)
class Detection:
    """A dialect's name, confidence from 0 (surely not) to 1, and in words why."""

    dialect: str
    confidence: float
    reasons: tuple[str, ...] = ()
