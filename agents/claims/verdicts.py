"""What a reviewer says of each criterion, and the lines by which it shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from agents.claims.types import Row

Line = Callable[[str, int], str | None]
"""(path, 1-based line) -> its text in the reviewed commit, None where there is no such line."""
SHOWN = 120
_PLACE = re.compile(
    r"(?<![\w/:.@-])(?P<path>(?:[\w.@+-]+/)*[\w@+-][\w.@+-]*\.(?:py|pyi|[cm]?[jt]sx?|go|rs|java|kt|rb|php|c|h|cc|cpp|hpp|cs"
    r"|swift|sh|sql|css|scss|html|vue|svelte|md|toml|ya?ml|json)):(?P<line>\d{1,6})\b"
)
"""A place in a note. Only endings of source files: `example.org:443` is none."""


def places(path: str | None, line: int | None, note: str) -> list[tuple[str, int]]:
    """The files and lines by which a verdict shows itself: the one it gives, and those that its note names."""
    named = [(path, line or 1)] if path else []
    return [*named, *((found["path"], int(found["line"])) for found in _PLACE.finditer(note))]


def rows(criteria: Sequence[Mapping[str, Any]], line: Line) -> tuple[Row, ...]:
    """A verdict rests on the lines that it names; one without any is an opinion."""
    return tuple(_rows(criteria, line))


def _rows(criteria: Sequence[Mapping[str, Any]], line: Line) -> Iterator[Row]:
    for given in criteria:
        verdict = f"criterion {given['criterion']} {given['verdict'].replace('_', ' ')}"
        said = f"{verdict}: {given['note']}" if given["note"] else verdict
        found = places(given.get("path"), given.get("line"), given["note"])
        named = [(path, number, line(path, number)) for path, number in dict.fromkeys(found)]
        lost = any(text is None for _, _, text in named)
        shown = "; ".join(f"{path}:{number} {(text or 'is not there').strip()[:SHOWN]}" for path, number, text in named)
        path = named[0][0] if named else ""
        result = "not so" if lost else "so" if named else "unsupported"
        yield Row("criterion", said, shown or "it names no line", result, path=path)  # type: ignore[arg-type]
