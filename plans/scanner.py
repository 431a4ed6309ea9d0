"""One pass over a plan's lines, from the first to the last, that finds its blocks. Linear in the text's length.

Full Markdown parsers cost many times as much, and their fence rule loses real steps (see `fences`). Most lines are
told apart by their first character; what can be worked out later (the end of a list item) is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import starmap
from typing import Any

from plans.blocks import Comment, Fence, Heading, Item, Row, Table, is_delimiter_row, split_cells
from plans.fences import FenceLine, find_end, is_stray_close, read_fence, width
from plans.types import Problem, Span

LABEL_WIDTH = 64
"""A label (`**Depends on**:`) ends within so many characters."""

RULE_STARTS = frozenset("-*_ ")
RULE_ENDS = frozenset("-*_ \t")
"""What a line of dashes, stars or underscores starts and ends with."""

_ITEM = re.compile(r"(?:([-*+]|[0-9]{1,9}[.)])(?:([ \t]+)|$))?(?:\[([^\[\]]?)\]\*?(?=[ \t]|$))?")
_RULE = re.compile(r"([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_KEY = re.compile(r"[\w-]+:|---[ \t]*$")
_AFTER_BULLET = frozenset(("", " ", "\t"))
_STARTS = frozenset(" \t#`~-*+_[<|0123456789")
_END = Item._fields.index("end")


@dataclass(slots=True)
class Scanner:
    """The blocks found so far. `opaque` holds a 1 for each line that is code, comment or frontmatter; `labels` are the
    lines at column 0 that may name a field."""

    lines: Sequence[str]
    headings: list[Heading] = field(default_factory=list)
    fences: list[Fence] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    rules: list[int] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    frontmatter: Span | None = None
    opaque: bytearray = field(default_factory=bytearray)
    _items: list[list[Any]] = field(default_factory=list)
    """The fields of each `Item`; its end is set when a line behind it shows that it is over."""
    _open: list[tuple[list[Any], int, int]] = field(default_factory=list)
    """Items that are not over: the fields, the indent, and the column that the text starts at."""
    _last: int = 0

    @property
    def items(self) -> tuple[Item, ...]:
        return tuple(starmap(Item, self._items))

    def scan(self) -> Scanner:
        lines, size, is_open = self.lines, len(self.lines), self._open
        self.opaque = bytearray(size)
        index, after_blank = self._skip_frontmatter(), True
        while index < size:
            line = lines[index]
            if not line:
                index, after_blank = index + 1, True
                continue
            first = line[0]
            if first == "#" and (following := self._heading(index, line, line, 0)):
                index, after_blank = following, False
                continue
            if first in _STARTS or is_open or "|" in line:
                text = line.lstrip(" \t")
                if text:
                    index, after_blank = self._block(index, line, text, after_blank), False
                    continue
                after_blank = True
            else:
                if ":" in line[:LABEL_WIDTH]:
                    self.labels.append(index + 1)
                after_blank = False
            index += 1
        self._leave_lists(-1)
        return self

    def _skip_frontmatter(self) -> int:
        """A rule in the first line starts frontmatter only if a `key:` stands below it."""
        if len(self.lines) < 2 or self.lines[0].rstrip() != "---" or not _KEY.match(self.lines[1]):
            return 0
        for index in range(1, len(self.lines)):
            if self.lines[index].rstrip() in ("---", "..."):
                self.frontmatter = self._hide(0, index)
                return index + 1
        message = "this frontmatter is never closed and is read as text; end it with a line ---"
        self.problems.append(Problem(1, "warning", "unclosed-frontmatter", message))
        return 0

    def _block(self, index: int, line: str, text: str, after_blank: bool) -> int:
        """Read the block that starts at `index`; returns the index after it."""
        lead = len(line) - len(text)
        indent = width(line, lead) if lead else 0
        first = text[0]
        if first in _STARTS:
            if indent >= 4 and not self._open:
                return index + 1
            following = self._structure(index, line, text, indent)
            if following:
                return following
        if self._open:
            self._text_in_list(index, indent, is_lazy=not after_blank)
        if not lead and (":" in line[:LABEL_WIDTH] or first in "*_"):
            self.labels.append(index + 1)
        return self._table(index, line) if "|" in text else index + 1

    def _structure(self, index: int, line: str, text: str, indent: int) -> int:
        """Read a line that starts with a mark; 0 when it is text after all."""
        first = text[0]
        if first in "-*_":
            if text[-1] in RULE_ENDS and _RULE.match(text):
                return self._rule(index, indent)
            return 0 if first == "_" or text[1:2] not in _AFTER_BULLET else self._item(index, line, text, indent)
        if first == "#":
            return self._heading(index, line, text, indent)
        if first in "`~":
            fence = read_fence(text, indent)
            return self._fence(index, fence) if fence is not None else 0
        if first == "<":
            return self._comment(index, line, indent) if text.startswith("<!--") else 0
        is_word = first == "|" or (first == "+" and text[1:2] not in _AFTER_BULLET)
        return 0 if is_word else self._item(index, line, text, indent)

    def _rule(self, index: int, indent: int) -> int:
        self._leave_lists(indent)
        self.rules.append(index + 1)
        return index + 1

    def _text_in_list(self, index: int, indent: int, is_lazy: bool) -> None:
        """Text below an item; a lazy line continues its paragraph wherever it starts."""
        if not is_lazy:
            self._leave_lists(indent)
        if self._open:
            self._last = index + 1

    def _leave_lists(self, indent: int) -> None:
        """Close the items that a line at this column is not part of."""
        while self._open and indent < self._open[-1][2]:
            self._open.pop()[0][_END] = self._last

    def _heading(self, index: int, line: str, text: str, indent: int) -> int:
        rest = text.lstrip("#")
        level = len(text) - len(rest)
        if level > 6 or (rest and rest[0] not in " \t"):
            return 0
        if self._open:
            self._leave_lists(indent)
        if self._open:
            self._last = index + 1
            return index + 1
        rest = rest.lstrip(" \t")
        title = rest.rstrip(" \t")
        if title[-1:] == "#":
            bare = title.rstrip("#")
            title = bare.rstrip(" \t") if not bare or bare[-1] in " \t" else title
        self.headings.append(Heading(index + 1, level, title, len(line) - len(rest)))
        return index + 1

    def _fence(self, index: int, fence: FenceLine) -> int:
        self._leave_lists(fence.indent)
        floor = self._open[-1][2] if self._open else 0
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
        self._last = end + 1
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
        self._last = end + 1
        return end + 1

    def _item(self, index: int, line: str, text: str, indent: int) -> int:
        match = _ITEM.match(text)
        if match is None or not match.end():
            return 0
        marker, gap, box = match.groups()
        stack = self._open
        while stack and indent < stack[-1][1] + 2:
            stack.pop()[0][_END] = self._last
        lead = len(line) - len(text)
        column = lead + (match.end(2) if gap else len(marker or ""))
        content = indent + 2
        if gap and len(gap) < 5:
            content = indent + column - lead if "\t" not in gap else width(line, column)
        self._last = index + 1
        rest = text[match.end() :].strip()
        place = column if box is not None else -1
        item = [index + 1, index + 1, indent, len(stack), marker or "", rest, box, place]
        self._items.append(item)
        stack.append((item, indent, content))
        if not indent and ":" in line[:LABEL_WIDTH]:
            self.labels.append(index + 1)
        return index + 1

    def _table(self, index: int, line: str) -> int:
        end = index + 1
        if end >= len(self.lines) or not is_delimiter_row(self.lines[end]):
            return end
        rows = []
        while end + 1 < len(self.lines) and "|" in self.lines[end + 1]:
            end += 1
            rows.append(Row(end + 1, split_cells(self.lines[end])))
        self.tables.append(Table(Span(index + 1, end + 1), split_cells(line), tuple(rows)))
        self._last = end + 1
        return end + 1

    def _hide(self, start: int, end: int) -> Span:
        self.opaque[start : end + 1] = b"\x01" * (end + 1 - start)
        return Span(start + 1, end + 1)

    def _warn(self, index: int, code: str, message: str) -> None:
        self.problems.append(Problem(index + 1, "warning", code, message))
