"""A plan's text as source lines and blocks, and edits of single lines that leave every other byte alone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from plans.blocks import Comment, Fence, Heading, Item, Table
from plans.scanner import RULE_ENDS, RULE_STARTS, Scanner
from plans.types import Part, Problem, Span

BOM = b"\xef\xbb\xbf"
Edits = Mapping[int, str | None]
"""1-based line → its new text without a line ending, None to take it out; a `\\n` inside starts a new line."""


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """The blocks of one text in the order they stand. `lines` have neither line endings nor a byte order mark;
    `labels` are the lines at column 0 that may name a field. The text of a JSON file has no blocks."""

    path: str
    lines: Sequence[str]
    headings: Sequence[Heading] = ()
    items: Sequence[Item] = ()
    fences: Sequence[Fence] = ()
    tables: Sequence[Table] = ()
    comments: Sequence[Comment] = ()
    rules: Sequence[int] = ()
    labels: Sequence[int] = ()
    frontmatter: Span | None = None
    opaque: bytes = b""
    problems: tuple[Problem, ...] = ()
    heading_lines: Sequence[int] = ()
    item_lines: Sequence[int] = ()
    is_json: bool = False

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.path.rpartition("/")[2]

    def part(self, start: int, end: int) -> Part | None:
        """The exact text of lines `start`…`end` without empty lines around it, None when nothing is left."""
        lines = self.lines
        while start <= end and not lines[start - 1].strip():
            start += 1
        while end >= start and not lines[end - 1].strip():
            end -= 1
        if start >= end:
            return Part(lines[start - 1], Span(start, end)) if start == end else None
        return Part("\n".join(lines[start - 1 : end]), Span(start, end))

    def plain_lines(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Line number and text of the lines that are neither code, comment nor frontmatter."""
        for index in range(start - 1, min(end, len(self.lines))):
            if not self.opaque[index]:
                yield index + 1, self.lines[index]

    def headings_in(self, start: int, end: int) -> Sequence[Heading]:
        first = bisect_left(self.heading_lines, start)
        return self.headings[first : bisect_right(self.heading_lines, end, first)]

    def heading_above(self, line: int) -> Heading | None:
        """The last heading down to this line."""
        place = bisect_right(self.heading_lines, line)
        return self.headings[place - 1] if place else None

    def items_in(self, start: int, end: int) -> Sequence[Item]:
        first = bisect_left(self.item_lines, start)
        return self.items[first : bisect_right(self.item_lines, end, first)]

    def is_filler(self, line: int) -> bool:
        """Whether a line says nothing: it is empty, or a rule."""
        text = self.lines[line - 1]
        if not text or text.isspace():
            return True
        return text[-1] in RULE_ENDS and text[0] in RULE_STARTS and bool(self.rules_in(line, line))

    def rules_in(self, start: int, end: int) -> Sequence[int]:
        return self.rules[bisect_left(self.rules, start) : bisect_right(self.rules, end)]

    def labels_in(self, start: int, end: int) -> Sequence[int]:
        return self.labels[bisect_left(self.labels, start) : bisect_right(self.labels, end)]


def scan(data: bytes, path: str = "") -> Document:
    """Read the blocks of UTF-8 text. Raises UnicodeDecodeError, whose `start` is a byte offset into `data`."""
    lines = split_lines(data)
    if looks_like_json(path, lines):
        return Document(path=path, lines=lines, opaque=bytes(len(lines)), is_json=True)
    found = Scanner(lines).scan()
    items = found.items
    return Document(
        path=path,
        lines=lines,
        headings=found.headings,
        items=items,
        fences=found.fences,
        tables=found.tables,
        comments=found.comments,
        rules=found.rules,
        labels=found.labels,
        frontmatter=found.frontmatter,
        opaque=bytes(found.opaque),
        problems=tuple(found.problems),
        heading_lines=[heading.line for heading in found.headings],
        item_lines=[item.line for item in items],
    )


def split_lines(data: bytes) -> list[str]:
    """The text's lines. Only line feeds and carriage returns end them, as for `bytes.splitlines`."""
    text = data.removeprefix(BOM).decode("utf-8")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return lines


def looks_like_json(path: str, lines: Sequence[str]) -> bool:
    """Whether a text is read as JSON: its first mark opens an object or a list, and no Markdown stands behind it."""
    start = next((line.lstrip() for line in lines if line.strip()), "")
    named = path.partition("#")[0].endswith(".json")
    return start.startswith("{") or (named and start.startswith("["))


def edited(data: bytes, edits: Edits) -> bytes:
    """`data` with some lines' text replaced; line endings, byte order mark and all other lines stay as they are."""
    lines, line_ending = data.splitlines(keepends=True), _ending(data)
    for number, text in edits.items():
        old = lines[number - 1]
        ending = old[len(old.rstrip(b"\r\n")) :]
        mark = BOM if number == 1 and old.startswith(BOM) else b""
        new = None if text is None else text.replace("\n", line_ending).encode("utf-8")
        lines[number - 1] = mark if new is None else mark + new + ending
    return b"".join(lines)


def _ending(data: bytes) -> str:
    """The ending of the text's first line."""
    first = data.find(b"\n")
    return "\r\n" if first > 0 and data[first - 1 : first] == b"\r" else "\r" if first < 0 and b"\r" in data else "\n"


def with_box(line: str, item: Item, mark: str) -> str:
    """The item's source line with another character in its box. The item must have a box."""
    start = item.box_column + 1
    return line[:start] + mark + line[start + len(item.box or "") :]
