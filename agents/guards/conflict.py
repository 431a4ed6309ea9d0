"""Conflict markers left in a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agents.guards.paths import MARKDOWN, fits
from agents.guards.types import Case, Hit, present
from agents.workspaces.types import FileDiff

_OURS, _MIDDLE, _THEIRS = (re.compile(pattern) for pattern in (r"<{7}( |\Z)", r"={7}\Z", r">{7}( |\Z)"))
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def guard(case: Case) -> Iterator[Hit]:
    for file in present(case):
        line = _first(file, _fenced(case, file) if fits(file.path, MARKDOWN) else frozenset())
        if line:
            text = f"{file.path} holds conflict markers. Choose what stays, and remove the three marker lines."
            yield Hit("marker", file.path, line, text, "markers")


def _first(file: FileDiff, shown: frozenset[int]) -> int | None:
    """The line of the first marker that has its middle and its end; None without one."""
    begun, middle = 0, False
    for number, text in file.added:
        if text[:1] not in ("<", "=", ">") or number in shown:
            continue
        if _OURS.match(text):
            begun, middle = number, False
        elif begun and _MIDDLE.match(text):
            middle = True
        elif middle and _THEIRS.match(text):
            return begun
    return None


def _fenced(case: Case, file: FileDiff) -> frozenset[int]:
    """Lines inside of fenced code, where a text shows what markers look like."""
    if not any(text.startswith("<<<<<<<") for _, text in file.added):
        return frozenset()
    inside: list[int] = []
    fence = ""
    for number, text in enumerate(case.new.get(file.path, "").split("\n"), start=1):
        mark = _FENCE.match(text)
        if fence:
            inside.append(number)
            fence = "" if mark and mark[1].startswith(fence) and not text.strip("`~ \r") else fence
        elif mark:
            fence = mark[1]
    return frozenset(inside)
