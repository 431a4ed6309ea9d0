"""A plan's Tool Chain table: which command tests, lints and builds the project."""

from __future__ import annotations

from plans.blocks import Row, Table
from plans.document import Document
from plans.tables import Columns, read_columns, surplus_cells
from plans.types import Problem, ToolCommand

_COLUMNS = {
    "category": "category",
    "kind": "category",
    "purpose": "category",
    "type": "category",
    "check": "category",
    "tool": "tool",
    "name": "tool",
    "command": "command",
    "commands": "command",
    "run": "command",
}


def read_tool_chain(document: Document) -> tuple[tuple[ToolCommand, ...], tuple[Problem, ...]]:
    """The rows of the first table under a heading "Tool Chain", else of the first with tool and command columns."""
    table = _find(document)
    if table is None:
        return (), ()
    columns = read_columns(table, _COLUMNS)
    rows = tuple(tool for row in table.rows if (tool := _tool(row, columns)).command)
    surplus = [row for row in table.rows if len(row.cells) > len(table.header)]
    return rows, tuple(surplus_cells(row, columns.width) for row in surplus)


def _find(document: Document) -> Table | None:
    tables = [table for table in document.tables if "command" in read_columns(table, _COLUMNS).places]
    named = [table for table in tables if _under_tool_chain(document, table)]
    fitting = named or [table for table in tables if "tool" in read_columns(table, _COLUMNS).places]
    return fitting[0] if fitting else None


def _under_tool_chain(document: Document, table: Table) -> bool:
    above = document.heading_above(table.span.start)
    return above is not None and above.text.lower().replace(" ", "").replace("-", "").startswith("toolchain")


def _tool(row: Row, columns: Columns) -> ToolCommand:
    return ToolCommand(
        columns.cell(row, "category"), columns.cell(row, "tool"), _uncoded(columns.cell(row, "command")), row.line
    )


def _uncoded(cell: str) -> str:
    whole = len(cell) > 2 and cell[0] == cell[-1] == "`" and "`" not in cell[1:-1]
    return cell[1:-1] if whole else cell
