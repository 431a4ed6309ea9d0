"""Patterns that a project forbids: only what a diff adds counts (M23)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from agents.configuration.linear import Expression
from agents.configuration.matching import path_fits
from agents.guards.types import Case, Hit, Pattern, present
from agents.workspaces.types import FileDiff


def guard(case: Case) -> Iterator[Hit]:
    for pattern in case.scope.forbidden:
        try:
            expression = compiled(pattern.regex)
        except (ValueError, re.error, OverflowError, RecursionError) as error:
            text = f"The forbidden pattern “{pattern.regex[:80]}” was not searched: {error}. Mend it in signalbox.toml."
            yield Hit("not-run", "signalbox.toml", None, text, pattern.regex)
            continue
        for file in present(case):
            if not pattern.paths or any(path_fits(file.path, glob) for glob in pattern.paths):
                yield from _hits(file, pattern, expression)


compiled = lru_cache(maxsize=256)(Expression)


def _hits(file: FileDiff, pattern: Pattern, expression: Expression) -> Iterator[Hit]:
    gone: list[str] | None = None
    for number, line in file.added:
        if expression.found_in(line):
            gone = [text.strip() for _, text in file.removed] if gone is None else gone
            if line.strip() in gone:
                gone.remove(line.strip())
                continue
            text = f"{file.path} adds “{pattern.regex[:60]}”, which this project forbids: {pattern.reason}"
            yield Hit("hit", file.path, number, text, f"{pattern.regex}\0{line}")
