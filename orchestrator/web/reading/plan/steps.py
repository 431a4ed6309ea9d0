"""A page of the steps of a plan's text, as they were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.web.reading.plan.text import Text
from plans.models import PlacedStep, Step

PAGE = 200


@dataclass(frozen=True, slots=True)
class StepRow:
    """`number` counts from 1 in plan order and names the step in addresses: two steps may share a key."""

    number: int
    step: PlacedStep
    content: Mapping[str, Any]
    file: str


@dataclass(frozen=True, slots=True)
class Steps:
    """`selected` is the step that is asked for, or None; `pages` of 200 steps each."""

    rows: Sequence[StepRow]
    selected: StepRow | None
    page: int
    pages: int
    total: int


def steps(text: Text, number: int, page: int) -> Steps:
    """The page with step `number` where one is asked for, else page `page`; both count from 1."""
    total = len(text.layout)
    pages = max(1, -(-total // PAGE))
    number = number if 0 < number <= total else 0
    page = (number - 1) // PAGE + 1 if number else min(max(1, page), pages)
    start = (page - 1) * PAGE
    places = text.layout[start : start + PAGE]
    stored = Step.objects.in_bulk([id for id, _ in places])
    placed = [(n, PlacedStep(stored[id], n - 1, line)) for n, (id, line) in enumerate(places, start + 1)]
    rows = [_row(text, n, step) for n, step in placed]
    return Steps(rows, rows[number - 1 - start] if number else None, page, pages, total)


def _row(text: Text, number: int, step: PlacedStep) -> StepRow:
    content = step.content
    return StepRow(number, step, content, content.get("path") or text.main)
