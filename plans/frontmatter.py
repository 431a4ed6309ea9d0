"""Frontmatter as teams write it: a tolerant reader of the part of YAML that plans use, by lines.

Real files hold what a YAML parser refuses (unquoted colons, times, duplicate keys), and a parser tells neither the line
of a value nor survives every hostile text. Anchors, aliases and tags are text here: nothing is ever expanded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plans.document import Document
from plans.flow import read_flow
from plans.nodes import QUOTED, Node, scalar
from plans.types import Problem

LONGEST_QUOTE = 200
"""Lines over which a quoted text may go."""
DEEPEST = 12
"""Levels of nesting that are read; what is deeper is text."""

# possessive quantifiers (`*+`): what was read is never given back, so that no line is read twice
_KEY = re.compile(
    r"""("[^"\\]*+(?:\\.[^"\\]*+)*+"[ \t]*|'[^']*+'[ \t]*"""
    r"""|[^\s#"'\[\]{},&*!|>%@`-][^#:]*+|-[^\s:][^:]*+):(?:[ \t]+(.*)|)$"""
)
_BLOCK = re.compile(r"([|>])[-+0-9]*[ \t]*(?:#.*)?$")
_ENDS = {'"': re.compile(r'[^"\\]*+(?:\\.?[^"\\]*+)*+"'), "'": re.compile(r"[^']*+(?:''[^']*+)*+'")}
"""By the quote that is open: a line in which it is closed."""
_COMMENT = re.compile(r"(?:^|[ \t])#.*$")


def read_frontmatter(document: Document) -> tuple[Node, tuple[Problem, ...]]:
    """The mapping between the rules at the top of a text (empty when there is none) and what could not be read."""
    if document.frontmatter is None:
        return Node(1), ()
    reader = _Reader(document.lines, document.frontmatter.end - 1)
    node = reader.block(1, 0, 0)[0]
    return node, tuple(reader.problems)


class _Reader:
    """Reads blocks by their indent; `end` is the index behind the last line."""

    def __init__(self, lines: Sequence[str], end: int) -> None:
        self.lines = lines
        self.end = end
        self.problems: list[Problem] = []

    def block(self, index: int, indent: int, depth: int) -> tuple[Node, int]:
        """The list or mapping whose lines stand at column `indent` from `index` on, and the index behind it."""
        node = Node(index + 1)
        while (index := self._skip(index)) < self.end:
            line = self.lines[index]
            column = len(line) - len(line.lstrip(" "))
            if column < indent:
                break
            if column > indent or depth > DEEPEST:
                self._refuse(index)
                index += 1
            elif line[column:] == "-" or line.startswith("- ", column):
                if node.fields:
                    break
                index = self._item(node, index, column, depth)
            else:
                if node.items:
                    break
                index = self._pair(node, index, column, depth)
        return node, index

    def _skip(self, index: int) -> int:
        while index < self.end and (not (text := self.lines[index].strip()) or text[0] == "#"):
            index += 1
        return index

    def _item(self, node: Node, index: int, column: int, depth: int) -> int:
        line = self.lines[index]
        content = column + 1 + len(line[column + 1 :]) - len(line[column + 1 :].lstrip(" "))
        text = line[content:]
        if text and _KEY.match(text):
            child = Node(index + 1)
            following = self._pair(child, index, content, depth)
            rest, following = self.block(following, content, depth + 1)
            child.fields = {**rest.fields, **child.fields}
        elif text:
            child, following = self._value(index, content, column, depth)
        else:
            child, following = self._nested(index + 1, column, depth)
        node.items.append(child)
        return following

    def _pair(self, node: Node, index: int, column: int, depth: int) -> int:
        match = _KEY.match(self.lines[index], column) if column else _KEY.match(self.lines[index])
        if match is None:
            self._refuse(index)
            return index + 1
        key = scalar(match[1].rstrip())
        if match[2]:
            child, following = self._value(index, match.start(2), column, depth)
        else:
            child, following = self._nested(index + 1, column, depth)
        if key in node.fields:
            message = f"the key {key} stands here a second time, first on line {node.fields[key].line}; remove one"
            self.problems.append(Problem(index + 1, "warning", "duplicate-frontmatter-key", message))
        node.fields.setdefault(key, child)
        return following

    def _nested(self, index: int, parent: int, depth: int) -> tuple[Node, int]:
        """The block below a key or dash, which may be a list at the key's own column."""
        following = self._skip(index)
        if following >= self.end:
            return Node(index), index
        line = self.lines[following]
        column = len(line) - len(line.lstrip(" "))
        is_list = line.startswith("- ", column) or line[column:] == "-"
        if column > parent or (is_list and column == parent):
            if not is_list and not _KEY.match(line, column):
                return self._folded(following, column, parent)
            return self.block(following, column, depth + 1)
        return Node(index), index

    def _value(self, index: int, start: int, parent: int, depth: int) -> tuple[Node, int]:
        text = self.lines[index][start:]
        if _BLOCK.match(text):
            return self._folded(index + 1, None, parent, keep=text[0] == "|")
        if text[0] in "\"'" and not _closed(text):
            return self._quoted(index, start)
        flow = read_flow(self.lines[index], start, index + 1) if text[0] in "{[" and "{" in text else None
        if flow and not _COMMENT.sub("", self.lines[index][flow[1] :]).strip():
            return flow[0], index + 1
        quoted = QUOTED.match(text)
        plain = quoted[0] if quoted else _COMMENT.sub("", text).rstrip()
        more, following = self._continued(index + 1, parent) if text[0] not in "\"'[{" else ([], index + 1)
        node = Node(index + 1, " ".join([scalar(plain), *more]), start, 0 if more else len(plain))
        if plain.startswith("[") and plain.endswith("]"):
            node.items = [Node(index + 1, scalar(part.strip())) for part in plain[1:-1].split(",") if part.strip()]
        return node, following

    def _continued(self, index: int, parent: int) -> tuple[list[str], int]:
        """The lines of a plain scalar that goes on below its key."""
        more = []
        while index < self.end:
            line = self.lines[index]
            column = len(line) - len(line.lstrip(" "))
            if not line.strip() or column <= parent or line[column] in "-#" or _KEY.match(line, column):
                break
            more.append(line.strip())
            index += 1
        return more, index

    def _folded(self, index: int, column: int | None, parent: int, keep: bool = False) -> tuple[Node, int]:
        """A block scalar (`|`, `>`) or a plain one that starts below its key: all lines deeper than the key."""
        start, found = index, []
        while index < self.end:
            line = self.lines[index]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= parent:
                break
            found.append(line.strip())
            index += 1
        text = ("\n" if keep else " ").join(found if keep else filter(None, found)).strip()
        return Node(start + 1, text), index

    def _quoted(self, index: int, start: int) -> tuple[Node, int]:
        """A quoted scalar over several lines."""
        first = self.lines[index][start:]
        ends, last = _ENDS[first[0]], min(self.end, index + LONGEST_QUOTE)
        found = next((place for place in range(index + 1, last) if ends.match(self.lines[place].strip())), None)
        if found is None:
            self._refuse(index, "this quote is never closed; close it")
            return Node(index + 1, first.strip("\"'")), index + 1
        lines = (line.strip() for line in self.lines[index + 1 : found + 1])
        return Node(index + 1, scalar(" ".join([first, *lines]).rstrip())), found + 1

    def _refuse(self, index: int, why: str = "write it as `key: value`") -> None:
        message = f"this line of the frontmatter is not read; {why}"
        self.problems.append(Problem(index + 1, "warning", "frontmatter", message))


def _closed(text: str) -> bool:
    """Whether a text that starts with a quote holds the closing one."""
    return QUOTED.match(text) is not None


def flat_fields(node: Node) -> dict[str, str]:
    """Its scalars and plain lists by key, for showing."""
    return {key: value.flat for key, value in node.fields.items() if not value.fields and _is_plain(value.items)}


def _is_plain(items: Sequence[Node]) -> bool:
    return not any(item.fields or item.items for item in items)


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it."""
    yield node
    for child in (*node.items, *node.fields.values()):
        yield from walk(child)
