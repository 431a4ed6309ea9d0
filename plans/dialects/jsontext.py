"""Where the objects and values of a JSON text stand, so that one value can be changed and every other byte stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
DEEPEST = 400
DEEPEST_TASK = 8
"""Levels below which no task stands; the path of an object that is deeper is not told."""


@dataclass(slots=True)
class Place:
    """An object: where its brace stands, and (start, end) of the value of each of its keys that is a scalar.

    `path` are the keys and positions that lead to it; `twice` the keys that stand in it more than once."""

    path: tuple[str | int, ...]
    start: int
    values: dict[str, tuple[int, int]] = field(default_factory=dict)
    last_key: int = 0
    twice: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class _Level:
    place: Place | None
    key: str | int
    expects_key: bool


def objects(text: str) -> Iterator[Place]:
    """Every object of a valid JSON text, in the order they end. Raises RecursionError where it is nested too deep."""
    levels: list[_Level] = []
    for token in _TOKEN.finditer(text):
        char = token[0][0]
        if len(levels) > DEEPEST:
            # as the standard library does, but at a depth that does not hang on who called it from where
            raise RecursionError
        if char in "{[":
            path = tuple(level.key for level in levels[:DEEPEST_TASK])
            levels.append(
                _Level(Place(path, token.start()) if char == "{" else None, "" if char == "{" else 0, char == "{")
            )
        elif char in "}]":
            closed = levels.pop()
            if closed.place is not None:
                yield closed.place
        elif char == ",":
            level = levels[-1]
            level.expects_key = level.place is not None
            level.key = level.key + 1 if isinstance(level.key, int) else ""
        elif char == ":":
            levels[-1].expects_key = False
        elif levels:
            _take(levels[-1], token)


def no_text(text: str) -> int | None:
    """Where a JSON text writes what no text can hold: `\\u0000`, or half of a pair of surrogates. None: nowhere."""
    if "\\u" not in text:
        return None
    half: re.Match[str] | None = None
    for escape in _ESCAPE.finditer(text):
        code = int(escape[1], 16) if escape[1] else -1
        follows = half is not None and half.end() == escape.start() and 0xDC00 <= code < 0xE000
        if code == 0 or (half is not None and not follows) or (half is None and 0xDC00 <= code < 0xE000):
            return (half or escape).start()
        half = escape if 0xD800 <= code < 0xDC00 else None
    return half.start() if half else None


def _take(level: _Level, token: re.Match[str]) -> None:
    place = level.place
    if place is None:
        return
    if level.expects_key:
        level.key = token[0][1:-1]
        place.last_key = token.start()
        if level.key in place.values:
            place.twice.append((level.key, token.start()))
    elif isinstance(level.key, str):
        place.values[level.key] = (token.start(), token.end())
