"""The blocks a plan is made of. Lines are 1-based, columns 0-based offsets into the source line."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from plans.types import Span


class Heading(NamedTuple):
    """An ATX heading (`## Text`). `text` starts at `column`; underlined headings are read as paragraphs."""

    line: int
    level: int
    text: str
    column: int


class Fence(NamedTuple):
    """A fenced code block with its fence lines; `closed` is False when it runs to the end of the file."""

    span: Span
    info: str
    closed: bool = True


class Item(NamedTuple):
    """A list item with all that is nested in it, down to line `end`; `depth` 0 is the outermost list.

    `box` is what stands between the brackets (`""`, `" "`, `"x"`, `"~"`…), None when the item has no box;
    `box_column` is the place of the opening bracket. `text` is the first line without marker and box.
    A box without a list marker (`[x] done`) is an item with an empty `marker`.
    """

    line: int
    end: int
    indent: int
    depth: int
    marker: str
    text: str
    box: str | None = None
    box_column: int = -1

    @property
    def span(self) -> Span:
        return Span(self.line, self.end)

    @property
    def ticked(self) -> bool:
        return self.box in ("x", "X")


class Row(NamedTuple):
    line: int
    cells: tuple[str, ...]


class Table(NamedTuple):
    """A pipe table; `rows` come without the header and the line of dashes, and keep surplus cells."""

    span: Span
    header: tuple[str, ...]
    rows: tuple[Row, ...]


class Comment(NamedTuple):
    span: Span
    closed: bool = True


def split_cells(line: str) -> tuple[str, ...]:
    """The cells of a table row. A pipe that is escaped or inside backticks is text, as its writer meant it."""
    if "`" not in line and "\\" not in line:
        cells = [cell.strip(" \t") for cell in line.strip(" \t").removeprefix("|").split("|")]
        return tuple(cells if cells[-1] or len(cells) == 1 else cells[:-1])
    return tuple(text.strip().replace("\\|", "|") for text in _cell_texts(line))


def cell_span(line: str, place: int) -> tuple[int, int] | None:
    """The columns between which the text of the cell at `place` stands, without the blanks around it."""
    borders = cell_borders(line)
    if place + 1 >= len(borders):
        return None
    start, end = borders[place] + 1, borders[place + 1]
    text = line[start:end]
    if not text.strip():
        edge = start + min(1, len(text))
        return edge, max(edge, end - 1)
    lead = len(text) - len(text.lstrip())
    return start + lead, max(start + lead, start + len(text.rstrip()))


def with_cells(line: str, count: int) -> str:
    """A table row with empty cells behind its last one, so that it has at least `count`."""
    missing = count + 1 - len(cell_borders(line))
    if missing <= 0:
        return line
    bare = line.rstrip()
    return f"{bare}{'' if bare.endswith('|') else ' |'}{'  |' * missing}"


def cell_borders(line: str) -> list[int]:
    """The columns of the pipes that separate cells; -1 and the line's length stand for missing outer ones."""
    places, position, size = [], 0, len(line)
    while position < size:
        char = line[position]
        if char == "\\":
            position += 2
            continue
        if char == "`":
            position = max(line.find("`", position + 1), position) + 1
            continue
        if char == "|":
            places.append(position)
        position += 1
    if not places or line[: places[0]].strip():
        places.insert(0, -1)
    if line[places[-1] + 1 :].strip() or len(places) == 1:
        places.append(size)
    return places


def _cell_texts(line: str) -> list[str]:
    borders = cell_borders(line)
    return [line[start + 1 : end] for start, end in pairwise(borders)]


def is_delimiter_row(line: str) -> bool:
    """Whether a line is the row of dashes below a table's header."""
    return "-" in line and "|" in line and not set(line) - set("|-: \t")
