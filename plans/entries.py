"""Plan-wide lists: criteria, commands, journeys and policies, read from a section whatever its form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from plans.commands import is_command, read_item
from plans.criteria import bullets, outermost
from plans.document import Document
from plans.tables import read_columns, tables_in
from plans.types import Entry, Section

_PAIR = re.compile(r"(?:\*\*)?(?P<name>[A-Z][\w /-]{1,40}?)(?:\*\*)?:(?:\*\*)?[ \t]*(?P<value>.*)$")
_COMMAND_COLUMNS = {"command": "command", "check": "text", "expected": "expected", "name": "text", "criterion": "text"}
_CODE = re.compile(r"`([^`]+)`")


def read_entries(document: Document, section: Section | None) -> tuple[Entry, ...]:
    """One entry per outermost bullet or box of a section, with what is nested in it."""
    if section is None:
        return ()
    outer = outermost(document.items_in(section.span.start, section.span.end))
    texts = bullets(document, outer, section.span.end)
    return tuple(
        Entry(part.text, item.line, item.ticked, read_item(part.text)[0])
        for item, part in zip(outer, texts, strict=True)
    )


def read_rows(document: Document, section: Section | None) -> tuple[Entry, ...]:
    """One entry per row of a section's tables, its cells by the names of their columns."""
    if section is None:
        return ()
    return tuple(
        Entry(row.cells[0], row.line, cells=dict(zip(table.header, row.cells, strict=False)))
        for table in tables_in(document, section.span.start, section.span.end)
        for row in table.rows
        if row.cells and any(row.cells)
    )


def read_commands(document: Document, section: Section | None) -> tuple[Entry, ...]:
    """The commands of a section: bullets, the rows of a table with a column Command, or the lines of its fences."""
    if section is None:
        return ()
    found = [*_fenced(document, section), *_tabled(document, section), *read_entries(document, section)]
    return tuple(sorted(found, key=lambda entry: entry.line))


def _fenced(document: Document, section: Section) -> Iterator[Entry]:
    for fence in document.fences:
        if section.span.start <= fence.span.start <= section.span.end:
            for line in range(fence.span.start + 1, fence.span.end):
                text = document.lines[line - 1].strip()
                if text and not text.startswith("#"):
                    yield Entry(text, line, command=text.removeprefix("$ ") if is_command(text) else None)


def _tabled(document: Document, section: Section) -> Iterator[Entry]:
    for table in tables_in(document, section.span.start, section.span.end):
        columns = read_columns(table, _COMMAND_COLUMNS)
        for row in table.rows if "command" in columns.places else ():
            cell = columns.cell(row, "command")
            code = _CODE.search(cell)
            command = code[1] if code else cell
            text = columns.cell(row, "text") or command
            cells = dict(zip(table.header, row.cells, strict=False))
            yield Entry(text, row.line, command=command if is_command(command) else None, cells=cells)


def read_pairs(document: Document, section: Section | None) -> dict[str, str]:
    """`- **Max Retries**: 3` → {"Max Retries": "3"}."""
    if section is None:
        return {}
    items = document.items_in(section.span.start, section.span.end)
    found = (_PAIR.match(item.text) for item in items)
    return {match["name"].strip(): match["value"].strip() for match in found if match}
