"""What is written into a taskboard: status cells, the tracking row's date, and the table Current State."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from plans.blocks import Row, cell_span, with_cells
from plans.dialects.taskboard_boundaries import unmarked as unmarked_boundaries
from plans.dialects.taskboard_rows import Board, boards
from plans.document import Document, Edits
from plans.sections import find_section
from plans.tables import tables_in
from plans.types import ParsedPlan, ParsedStep

PENDING, COMPLETED = "pending", "completed"
_EMPTY = ("", "-", "—", "–")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}$")
_KEY = re.compile(r"[A-Z]{1,4}-?[0-9]+(?:\.[0-9]+)*[a-z]?$")
_COUNT = re.compile(r"[0-9]+[ \t]*/[ \t]*[0-9]+")


def passed(document: Document, plan: ParsedPlan, step: ParsedStep, at: datetime | None) -> Edits:
    """`completed` in every row of the task, the date in its tracking row, and Current State moved on."""
    if step.done:
        return {}
    following = next((other.key for other in _after(plan, step) if not other.done), "—")
    count = sum(other.done for other in plan.steps) + 1
    edits = _status(document, step.key, COMPLETED, at)
    return edits | _current_state(document, following, count, len(plan.steps), at)


def stated(document: Document, plan: ParsedPlan, step: ParsedStep, status: str, at: datetime | None) -> Edits:
    edits = _status(document, step.key, status, None)
    if status == "in_progress":
        edits |= _current_state(document, step.key, sum(other.done for other in plan.steps), len(plan.steps), at)
    return edits


def unmarked(document: Document, plan: ParsedPlan) -> Edits:
    """Every task pending and undated, and Current State without the fields that follow the rows."""
    edits: dict[int, str | None] = unmarked_boundaries(document)
    for board in boards(document):
        for _, row in board.rows():
            line = _with_cell(document.lines[row.line - 1], board, row, "status", PENDING)
            if _is_date(board, row):
                line = _with_cell(line, board, row, "completed", "—")
            edits[row.line] = line
    edits |= {line: new for line, _, new in _state_cells(document, "", None, None)}
    return edits


def _after(plan: ParsedPlan, step: ParsedStep) -> Iterator[ParsedStep]:
    """The other steps, those below this one first."""
    place = next((number for number, other in enumerate(plan.steps) if other.line == step.line), 0)
    yield from plan.steps[place + 1 :]
    yield from plan.steps[:place]


def _status(document: Document, key: str, status: str, at: datetime | None) -> dict[int, str]:
    edits: dict[int, str] = {}
    for board in boards(document):
        for name, row in board.rows():
            if name != key:
                continue
            line = _with_cell(document.lines[row.line - 1], board, row, "status", status)
            if at is not None and status == COMPLETED and _is_undated(board, row):
                line = _with_cell(line, board, row, "completed", f"{at:%Y-%m-%d}")
            edits[row.line] = line
    return edits


def _is_undated(board: Board, row: Row) -> bool:
    """A row with cells beyond its header may hold something else below Completed."""
    return len(row.cells) == board.columns.width and board.columns.cell(row, "completed") in _EMPTY


def _is_date(board: Board, row: Row) -> bool:
    return len(row.cells) == board.columns.width and _DATE.match(board.columns.cell(row, "completed")) is not None


def _with_cell(line: str, board: Board, row: Row, name: str, text: str) -> str:
    """The row's source line with another text in one cell; padding that kept the columns in line stays as it can."""
    place = board.columns.places.get(name)
    if place is None:
        return line
    line = with_cells(line, place + 1)
    span = cell_span(line, place)
    return line[: span[0]] + text + line[span[1] :] if span else line


def _current_state(document: Document, following: str, count: int, total: int, at: datetime | None) -> dict[int, str]:
    return {line: new for line, _, new in _state_cells(document, following, (count, total), at)}


def _state_cells(
    document: Document, following: str, counts: tuple[int, int] | None, at: datetime | None
) -> Iterator[tuple[int, str, str]]:
    """(line, field, new line) of the fields of Current State that hold what the engine would write there."""
    section = find_section(document, ("current state",))
    tables = tables_in(document, section.span.start, section.span.end) if section else ()
    for row in tables[0].rows if tables else ():
        name, value = row.cells[0].strip("*: ").lower(), row.cells[1] if len(row.cells) > 1 else ""
        new = _state_value(name, value, following, counts, at)
        line = document.lines[row.line - 1]
        span = cell_span(line, 1)
        if new is not None and span:
            yield row.line, name, line[: span[0]] + new + line[span[1] :]


def _state_value(
    name: str, value: str, following: str, counts: tuple[int, int] | None, at: datetime | None
) -> str | None:
    if name == "active task" and (_KEY.match(value) or value in _EMPTY):
        return following
    if name == "tasks completed" and (_COUNT.match(value) or not value):
        return f"{counts[0]} / {counts[1]}" if counts else ""
    if name == "last updated" and (_DATE.match(value) or not value):
        return f"{at:%Y-%m-%d}" if at else (value if counts else "")
    return None
