"""The blocks a plan is made of. Lines are 1-based, columns 0-based offsets into the source line."""

from __future__ import annotations

from dataclasses import dataclass

from plans.types import Span


@dataclass(frozen=True, slots=True)
class Heading:
    """An ATX heading (`## Text`). `text` starts at `column`; underlined headings are read as paragraphs."""

    line: int
    level: int
    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced code block with its fence lines; `closed` is False when it runs to the end of the file."""

    span: Span
    info: str
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """A list item with all that is nested in it; `depth` 0 is the outermost list.

    `box` is what stands between the brackets (`""`, `" "`, `"x"`, `"~"`…), None when the item has no box;
    `box_column` is the place of the opening bracket. `text` is the first line without marker and box.
    A box without a list marker (`[x] done`) is an item with an empty `marker`.
    """

    span: Span
    indent: int
    depth: int
    marker: str
    text: str
    box: str | None = None
    box_column: int = -1

    @property
    def line(self) -> int:
        return self.span.start

    @property
    def ticked(self) -> bool:
        return self.box in ("x", "X")


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A pipe table; `rows` come without the header and the line of dashes, and keep surplus cells."""

    span: Span
    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    span: Span
    closed: bool = True


def split_cells(line: str) -> tuple[str, ...]:
    """The cells of a table row. A pipe that is escaped or inside backticks is text, as its writer meant it."""
    text = line.strip(" \t").removeprefix("|")
    cells, current, position = [], [], 0
    while position < len(text):
        char = text[position]
        if char == "\\" and text[position + 1 : position + 2] == "|":
            current.append("|")
            position += 2
            continue
        if char == "`":
            end = text.find("`", position + 1)
            end = position if end < 0 else end
            current.append(text[position : end + 1])
            position = end + 1
            continue
        if char == "|":
            cells.append("".join(current).strip())
            current = []
        else:
            current.append(char)
        position += 1
    rest = "".join(current).strip()
    return (*cells, rest) if rest or not text.endswith("|") else tuple(cells)


def is_delimiter_row(line: str) -> bool:
    """Whether a line is the row of dashes below a table's header."""
    return "-" in line and "|" in line and not set(line) - set("|-: \t")
