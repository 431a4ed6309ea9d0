"""The tables of a taskboard: which are made of tasks, and where their columns stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plans.blocks import Row, Table
from plans.document import Document
from plans.tables import Columns, read_columns

COLUMNS: Mapping[str, str] = {
    "#": "number",
    "id": "number",
    "task id": "number",
    "task": "task",
    "description": "title",
    "title": "title",
    "name": "title",
    "type": "kind",
    "status": "status",
    "state": "status",
    "spec source": "spec_source",
    "source": "spec_source",
    "depends on": "depends",
    "dependencies": "depends",
    "blocked by": "blocked_by",
    "data deps": "data",
    "milestone": "milestone",
    "phase": "phase",
    "completed": "completed",
    "owner": "owner",
    "agent": "owner",
    "assignee": "owner",
    "feature": "feature",
    "feature_ids": "feature",
    "features": "feature",
    "session": "session",
    "session_id": "session",
    "evolve_cycle_id": "cycle",
    "evolve cycle": "cycle",
    "cycle": "cycle",
}
KEY = re.compile(r"[*`_~]*(?P<key>[A-Z]{1,4}-?[0-9]+(?:\.[0-9]+)*[a-z]?)[*`_~]*$")


@dataclass(frozen=True, slots=True)
class Board:
    """A table of tasks: where their key and title stand. `is_tracking` has no title of its own."""

    table: Table
    columns: Columns
    key: str
    title: str | None

    @property
    def is_tracking(self) -> bool:
        return self.title is None

    def rows(self) -> Iterator[tuple[str, Row]]:
        for row in self.table.rows:
            match = KEY.match(self.columns.cell(row, self.key))
            if match:
                yield match["key"], row


def boards(document: Document) -> list[Board]:
    """The tables whose rows are tasks: a key, a status, and a title or (in the tracking table) a milestone."""
    return [board for table in document.tables if (board := _board(table)) is not None]


def _board(table: Table) -> Board | None:
    columns = read_columns(table, COLUMNS)
    places = columns.places
    if "status" not in places or not {"number", "task"} & places.keys():
        return None
    key = "number" if "number" in places else "task"
    title = "title" if "title" in places else "task" if key == "number" and "task" in places else None
    if title is None and not {"milestone", "phase", "blocked_by"} & places.keys():
        return None
    board = Board(table, columns, key, title)
    return board if next(board.rows(), None) else None
