"""On which line each value of a TOML text stands. Only strings, brackets, keys and newlines are told apart here, in one
scan; whether the text is TOML at all is for `tomllib` to say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

Path = tuple[str | int, ...]
MOST_PARTS = 16
"""Of one dotted key: reading one of thousands would take as many times as long."""

_TOKEN = re.compile(
    r'(?P<space>[ \t\r]+|\#[^\n]*)|(?P<newline>\n)|(?P<long>"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5})'
    r'|(?P<string>"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')|(?P<mark>[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,.#"\']+)',
    re.DOTALL,
)


class _NoToml(Exception):
    """The text goes on otherwise than TOML does."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int


def lines_of(text: str) -> Mapping[Path, int]:
    """The 1-based line of each table, key and list item, by its path, as far as the text is TOML. Raises ValueError
    for a key of too many parts."""
    scan = _Scan(list(_tokens(text)))
    with suppress(_NoToml):
        scan.document()
    return scan.lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a value, else of the nearest one around it, else 1."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), 1)


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "space":
            yield _Token("string" if kind == "long" else kind, match[0], line)
        line += match[0].count("\n")


class _Scan:
    """One pass over the tokens; `lines` grows as keys are met."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}

    def document(self) -> None:
        table: Path = ()
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.kind == "newline":
                self.at += 1
            elif token.text == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        """`[a.b]`, or `[[a.b]]`, which begins another item of a list."""
        line = self._line()
        several = self._text(1) == "["
        self.at += 1 + several
        path: Path = ()
        for key in self._keys("]"):
            path = self._inside((*path, key))
        if not path:
            raise _NoToml
        self.at += several
        if several:
            path = path[:-1] if isinstance(path[-1], int) else path
            self.counts[path] = self.counts.get(path, -1) + 1
            path = (*path, self.counts[path])
        self._note(path, line)
        return path

    def _inside(self, path: Path) -> Path:
        """The path itself, or its newest item where it is a list of tables."""
        return (*path, self.counts[path]) if path in self.counts else path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for key in self._keys("="):
            path = (*path, key)
            self._note(path, line)
        self._value(path)

    def _value(self, path: Path) -> None:
        token = self._next()
        if token.text == "[":
            self._list(path)
        elif token.text == "{":
            self._inline(path)
        else:
            while self._text(0) == "." or self._kind(0) == "bare":  # 1.5, or a date and a time
                self.at += 1

    def _list(self, path: Path) -> None:
        index = 0
        while self._text(0) != "]":
            if self._kind(0) == "newline" or self._text(0) == ",":
                self.at += 1
                continue
            self._note((*path, index), self._line())
            self._value((*path, index))
            index += 1
        self.at += 1

    def _inline(self, path: Path) -> None:
        while self._text(0) != "}":
            if self._kind(0) == "newline" or self._text(0) == ",":
                self.at += 1
            else:
                self._pair(path)
        self.at += 1

    def _keys(self, end: str) -> Iterator[str]:
        """The parts of a dotted key, up to the mark that ends it."""
        begin = self.at
        while (token := self._next()).text != end:
            if self.at - begin > 2 * MOST_PARTS:
                raise ValueError(f"the key in line {token.line} has more than {MOST_PARTS} parts")
            if token.text != ".":
                yield token.text[1:-1] if token.kind == "string" else token.text

    def _next(self) -> _Token:
        """The next token, which has to be on this line."""
        if self._kind(0) in ("newline", ""):
            raise _NoToml
        self.at += 1
        return self.tokens[self.at - 1]

    def _line(self) -> int:
        if self.at >= len(self.tokens):
            raise _NoToml
        return self.tokens[self.at].line

    def _text(self, ahead: int) -> str:
        place = self.at + ahead
        return self.tokens[place].text if place < len(self.tokens) else ""

    def _kind(self, ahead: int) -> str:
        place = self.at + ahead
        return self.tokens[place].kind if place < len(self.tokens) else ""

    def _note(self, path: Path, line: int) -> None:
        for end in range(1, len(path) + 1):
            self.lines.setdefault(path[:end], line)
