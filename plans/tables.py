"""Tables read by the names of their columns, whatever their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from plans.blocks import Row, Table
from plans.document import Document
from plans.types import Problem


class Columns(NamedTuple):
    """Our word for a column → its place in a table, and how many columns the header has."""

    places: Mapping[str, int]
    width: int

    def cell(self, row: Row, name: str) -> str:
        """The text in a column, "" when the row or the table has none."""
        place = self.places.get(name, -1)
        return row.cells[place] if 0 <= place < len(row.cells) else ""


def read_columns(table: Table, names: Mapping[str, str]) -> Columns:
    """The columns whose header is a key of `names`; of two with one meaning the first counts."""
    places: dict[str, int] = {}
    for place, title in enumerate(table.header):
        name = names.get(title.strip("*_` ").lower())
        if name:
            places.setdefault(name, place)
    return Columns(places, len(table.header))


def surplus_cells(row: Row, width: int) -> Problem:
    message = f"this row has {len(row.cells)} cells under {width} columns; escape a pipe inside a cell as \\|"
    return Problem(row.line, "warning", "cells-beyond-header", message)


def tables_in(document: Document, start: int, end: int) -> Sequence[Table]:
    return [table for table in document.tables if start <= table.span.start <= end]
