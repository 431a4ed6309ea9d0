"""What is written into a taskboard where a milestone or a phase ends: its pull request and its gate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from plans.blocks import Row, Table, cell_span
from plans.document import Document, Edits
from plans.sections import find_section
from plans.tables import Columns, read_columns, tables_in

GATE_LOG = ("phase gate log", "gate log")
PULL_REQUESTS = ("pr plan", "pull requests")
PENDING = "pending"
_GATE_COLUMNS: Mapping[str, str] = {
    "phase": "phase",
    "gate check date": "date",
    "date": "date",
    "result": "result",
    "notes": "notes",
}
_REQUEST_COLUMNS: Mapping[str, str] = {
    "milestone/phase": "group",
    "milestone": "group",
    "phase": "group",
    "status": "status",
}
_EMPTY = ("", "-", "—", "–")


def gate(document: Document, phase: str, at: datetime, result: str, notes: str) -> Edits:
    """The phase's row in the Phase Gate Log: the empty one that stands there, else a new one below the last."""
    table = _table(document, GATE_LOG)
    if table is None:
        return {}
    columns = read_columns(table, _GATE_COLUMNS)
    cells = {"phase": phase, "date": f"{at:%Y-%m-%d}", "result": result, "notes": _plain(notes)}
    own = next((row for row in table.rows if _is_open(columns, row, phase)), None)
    if own is not None:
        cells.pop("phase")
        return {own.line: _with_cells(document.lines[own.line - 1], columns, cells)}
    titles = {place: name for name, place in columns.places.items()}
    texts = [cells.get(titles.get(place, ""), "") for place in range(columns.width)]
    last = table.span.end
    return {last: f"{document.lines[last - 1]}\n| {' | '.join(texts)} |"}


def pull_request(document: Document, group: str, status: str) -> Edits:
    """The status of a milestone's or phase's pull request."""
    edits: dict[int, str | None] = {}
    for columns, row in _requests(document):
        if _names(columns.cell(row, "group"), group):
            edits[row.line] = _with_cells(document.lines[row.line - 1], columns, {"status": _plain(status)})
    return edits


def unmarked(document: Document) -> dict[int, str | None]:
    """No row in the gate log, every pull request pending."""
    edits: dict[int, str | None] = {}
    table = _table(document, GATE_LOG)
    if table is not None:
        edits |= dict.fromkeys(row.line for row in table.rows)
    for columns, row in _requests(document):
        edits[row.line] = _with_cells(document.lines[row.line - 1], columns, {"status": PENDING})
    return edits


def _table(document: Document, names: tuple[str, ...]) -> Table | None:
    section = find_section(document, names)
    tables = tables_in(document, section.span.start, section.span.end) if section else ()
    return tables[0] if tables else None


def _requests(document: Document) -> Iterator[tuple[Columns, Row]]:
    table = _table(document, PULL_REQUESTS)
    columns = read_columns(table, _REQUEST_COLUMNS) if table else None
    if table and columns and {"group", "status"} <= columns.places.keys():
        yield from ((columns, row) for row in table.rows)


def _is_open(columns: Columns, row: Row, phase: str) -> bool:
    return _names(columns.cell(row, "phase"), phase) and columns.cell(row, "date") in _EMPTY


def _names(cell: str, group: str) -> bool:
    """Whether a cell names a group: `M1`, `Phase 2` and `2` for the second phase."""
    said, wanted = cell.strip("*` ").lower(), group.lower()
    return said == wanted or said.startswith((f"{wanted} ", f"{wanted}:")) or wanted == f"phase {said}"


def _with_cells(line: str, columns: Columns, cells: Mapping[str, str]) -> str:
    for name, text in cells.items():
        place = columns.places.get(name)
        span = cell_span(line, place) if place is not None else None
        line = line[: span[0]] + text + line[span[1] :] if span else line
    return line


def _plain(text: str) -> str:
    """Text that fits into a cell."""
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()
