"""A plan's text as source lines and blocks, and edits of single lines that leave every other byte alone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from plans.blocks import Comment, Fence, Heading, Item, Table
from plans.scanner import Scanner
from plans.types import Part, Problem, Span

BOM = b"\xef\xbb\xbf"
Edits = Mapping[int, str]
"""1-based line → its new text, without a line ending."""


@dataclass(frozen=True, slots=True)
class Document:
    """The blocks of one text in the order they stand. `lines` have neither line endings nor a byte order mark."""

    path: str
    lines: tuple[str, ...]
    headings: tuple[Heading, ...]
    items: tuple[Item, ...]
    fences: tuple[Fence, ...]
    tables: tuple[Table, ...]
    comments: tuple[Comment, ...]
    rules: tuple[int, ...]
    frontmatter: Span | None
    opaque: bytes
    problems: tuple[Problem, ...]

    def part(self, start: int, end: int) -> Part | None:
        """The exact text of lines `start`…`end` without empty lines around it, None when nothing is left."""
        while start <= end and not self.lines[start - 1].strip():
            start += 1
        while end >= start and not self.lines[end - 1].strip():
            end -= 1
        return Part("\n".join(self.lines[start - 1 : end]), Span(start, end)) if start <= end else None

    def plain_lines(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Line number and text of the lines that are neither code, comment nor frontmatter."""
        for index in range(start - 1, min(end, len(self.lines))):
            if not self.opaque[index]:
                yield index + 1, self.lines[index]

    def headings_in(self, start: int, end: int) -> tuple[Heading, ...]:
        return _between(self.headings, start, end)

    def items_in(self, start: int, end: int) -> tuple[Item, ...]:
        return _between(self.items, start, end)

    def rules_in(self, start: int, end: int) -> tuple[int, ...]:
        return self.rules[bisect_left(self.rules, start) : bisect_right(self.rules, end)]


def _between(blocks: tuple, start: int, end: int) -> tuple:
    first = bisect_left(blocks, start, key=_line)
    return blocks[first : bisect_right(blocks, end, lo=first, key=_line)]


def _line(block: Heading | Item) -> int:
    return block.line


def scan(data: bytes, path: str = "") -> Document:
    """Read the blocks of UTF-8 text. Raises UnicodeDecodeError, whose `start` is a byte offset into `data`."""
    data.decode("utf-8")
    lines = tuple(line.decode("utf-8") for line in data.removeprefix(BOM).splitlines())
    found = Scanner(lines).scan()
    return Document(
        path=path,
        lines=lines,
        headings=tuple(found.headings),
        items=found.items,
        fences=tuple(found.fences),
        tables=tuple(found.tables),
        comments=tuple(found.comments),
        rules=tuple(found.rules),
        frontmatter=found.frontmatter,
        opaque=bytes(found.opaque),
        problems=tuple(found.problems),
    )


def edited(data: bytes, edits: Edits) -> bytes:
    """`data` with some lines' text replaced; line endings, byte order mark and all other lines stay as they are."""
    lines = data.splitlines(keepends=True)
    for number, text in edits.items():
        old = lines[number - 1]
        ending = old[len(old.rstrip(b"\r\n")) :]
        mark = BOM if number == 1 and old.startswith(BOM) else b""
        lines[number - 1] = mark + text.encode("utf-8") + ending
    return b"".join(lines)


def with_box(line: str, item: Item, mark: str) -> str:
    """The item's source line with another character in its box. The item must have a box."""
    start = item.box_column + 1
    return line[:start] + mark + line[start + len(item.box or "") :]
