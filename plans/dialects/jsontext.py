"""Where the objects and values of a JSON text stand, so that one value can be changed and every other byte stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


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
    """Every object of a valid JSON text, in the order they end."""
    levels: list[_Level] = []
    for token in _TOKEN.finditer(text):
        char = token[0][0]
        if char in "{[":
            path = tuple(level.key for level in levels)
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
