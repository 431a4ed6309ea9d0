"""One pass over a plan's lines, from the first to the last, that finds its blocks. Linear in the text's length.

Full Markdown parsers cost many times as much, and their fence rule loses real steps (see `fences`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from plans.blocks import Comment, Fence, Heading, Item, Row, Table, is_delimiter_row, split_cells
from plans.fences import FenceLine, find_end, is_stray_close, read_fence, width
from plans.types import Problem, Span

_MARKER = re.compile(r"([-*+]|[0-9]{1,9}[.)])(?:([ \t]+)|$)")
_BOX = re.compile(r"\[([^\[\]]?)\]\*?(?=[ \t]|$)")
_KEY = re.compile(r"[\w-]+:|---[ \t]*$")
_STARTS_WITHOUT_LETTER = frozenset("#`~-*+_[<|0123456789")


@dataclass(slots=True)
class _OpenItem:
    """A list item whose end is not known yet; `content` is the column its text starts at."""

    line: int
    end: int
    indent: int
    content: int
    depth: int
    marker: str
    text: str
    box: str | None
    box_column: int

    def closed(self) -> Item:
        span = Span(self.line, self.end)
        return Item(span, self.indent, self.depth, self.marker, self.text, self.box, self.box_column)


@dataclass(slots=True)
class Scanner:
    """The blocks found so far. `opaque` holds a 1 for each line that is code, comment or frontmatter."""

    lines: Sequence[str]
    headings: list[Heading] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    frontmatter: Span | None = None
    opaque: bytearray = field(default_factory=bytearray)
    _items: list[_OpenItem] = field(default_factory=list)
    _open: list[_OpenItem] = field(default_factory=list)

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(item.closed() for item in self._items)

    def scan(self) -> Scanner:
        self.opaque = bytearray(len(self.lines))
        index, after_blank = self._skip_frontmatter(), True
        while index < len(self.lines):
            line = self.lines[index]
            text = line.lstrip(" \t")
            if text:
                index = self._block(index, line, text, after_blank)
            else:
                index += 1
            after_blank = not text
        return self

    def _skip_frontmatter(self) -> int:
        """A rule in the first line starts frontmatter only if a `key:` stands below it."""
        if len(self.lines) < 2 or self.lines[0].rstrip() != "---" or not _KEY.match(self.lines[1]):
            return 0
        for index in range(1, len(self.lines)):
            if self.lines[index].rstrip() in ("---", "..."):
                self.frontmatter = self._hide(0, index)
                return index + 1
        return 0

    def _block(self, index: int, line: str, text: str, after_blank: bool) -> int:
        """Read the block that starts at `index`; returns the index after it."""
        indent = width(line, len(line) - len(text))
        if text[0] not in _STARTS_WITHOUT_LETTER:
            self._leave_lists(indent, lazy=not after_blank)
            self._extend_lists(index)
            return self._table(index, line) if "|" in text else index + 1
        if self._is_indented_code(indent):
            return index + 1
        return self._structure(index, line, text, indent, after_blank)

    def _structure(self, index: int, line: str, text: str, indent: int, after_blank: bool) -> int:
        fence = read_fence(text, indent)
        if fence is not None:
            return self._fence(index, fence)
        if text.startswith("<!--"):
            return self._comment(index, line, indent)
        if _is_rule(text):
            self._leave_lists(indent)
            self.rules.append(index + 1)
            return index + 1
        if text[0] == "#" and self._heading(index, line, text, indent):
            return index + 1
        if self._item(index, line, text, indent):
            return index + 1
        self._leave_lists(indent, lazy=not after_blank)
        self._extend_lists(index)
        return self._table(index, line) if "|" in text else index + 1

    def _is_indented_code(self, indent: int) -> bool:
        return indent >= 4 and not self._open

    def _leave_lists(self, indent: int, lazy: bool = False) -> None:
        """Close the items that a line at this column is not part of; a lazy line continues a paragraph."""
        while not lazy and self._open and indent < self._open[-1].content:
            self._open.pop()

    def _extend_lists(self, index: int) -> None:
        for item in self._open:
            item.end = index + 1

    def _heading(self, index: int, line: str, text: str, indent: int) -> bool:
        rest = text.lstrip("#")
        level = len(text) - len(rest)
        if level > 6 or (rest and rest[0] not in " \t"):
            return False
        self._leave_lists(indent)
        if self._open:
            self._extend_lists(index)
            return True
        title = rest.strip(" \t")
        bare = title.rstrip("#")
        if not bare or bare[-1] in " \t":
            title = bare.rstrip(" \t")
        column = len(line) - len(rest.lstrip(" \t"))
        self.headings.append(Heading(index + 1, level, title, column))
        return True

    def _fence(self, index: int, fence: FenceLine) -> int:
        self._leave_lists(fence.indent)
        floor = self._open[-1].content if self._open else 0
        if is_stray_close(self.lines, index, fence):
            self._warn(index, "recovered-fence", "this closing fence has no opening one; remove it")
            return self._close_fence(index, index, fence, closed=True)
        end = find_end(self.lines, index, fence, floor)
        if end.why:
            message = f"this code fence is read as ending on line {end.index + 1}, because {end.why}"
            self._warn(index, "recovered-fence", message)
        if not end.closed:
            self._warn(index, "unclosed-fence", "this code fence is never closed: all below is read as code; close it")
        return self._close_fence(index, end.index, fence, end.closed)

    def _close_fence(self, start: int, end: int, fence: FenceLine, closed: bool) -> int:
        self.fences.append(Fence(self._hide(start, end), fence.info, closed))
        self._extend_lists(end)
        return end + 1

    def _comment(self, index: int, line: str, indent: int) -> int:
        self._leave_lists(indent)
        end, closed = index, "-->" in line[line.index("<!--") + 4 :]
        while not closed and end + 1 < len(self.lines):
            end += 1
            closed = "-->" in self.lines[end]
        if not closed:
            self._warn(index, "unclosed-comment", "this comment is never closed: all below is hidden; end it with -->")
        self.comments.append(Comment(self._hide(index, end), closed))
        self._extend_lists(end)
        return end + 1

    def _item(self, index: int, line: str, text: str, indent: int) -> bool:
        marker = _MARKER.match(text)
        box = _BOX.match(text, marker.end() if marker else 0)
        if marker is None and box is None:
            return False
        while self._open and indent < self._open[-1].indent + 2:
            self._open.pop()
        lead = len(line) - len(text)
        column = lead + (marker.end() if marker else 0)
        item = _OpenItem(
            line=index + 1,
            end=index + 1,
            indent=indent,
            content=width(line, column) if marker and marker[2] and len(marker[2]) < 5 else indent + 2,
            depth=len(self._open),
            marker=marker[1] if marker else "",
            text=line[lead + box.end() :].strip() if box else line[column:].strip(),
            box=box[1] if box else None,
            box_column=lead + box.start() if box else -1,
        )
        self._extend_lists(index)
        self._items.append(item)
        self._open.append(item)
        return True

    def _table(self, index: int, line: str) -> int:
        end = index + 1
        if end >= len(self.lines) or not is_delimiter_row(self.lines[end]):
            return end
        rows = []
        while end + 1 < len(self.lines) and "|" in self.lines[end + 1]:
            end += 1
            rows.append(Row(end + 1, split_cells(self.lines[end])))
        self.tables.append(Table(Span(index + 1, end + 1), split_cells(line), tuple(rows)))
        self._extend_lists(end)
        return end + 1

    def _hide(self, start: int, end: int) -> Span:
        self.opaque[start : end + 1] = b"\x01" * (end + 1 - start)
        return Span(start + 1, end + 1)

    def _warn(self, index: int, code: str, message: str) -> None:
        self.problems.append(Problem(index + 1, "warning", code, message))


def _is_rule(text: str) -> bool:
    marks = text.replace(" ", "").replace("\t", "")
    return len(marks) >= 3 and marks[0] in "-*_" and marks == marks[0] * len(marks)
