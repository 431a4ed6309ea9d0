"""The problems of a plan's text, each with the file and the line it stands at; counted and filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.web.reading.plan.text import Text
from plans.folder import file_of_problem

LEVELS = ("error", "warning", "note")
PAGE = 200


@dataclass(frozen=True, slots=True)
class PlacedProblem:
    """`file` is "" where a folder's problem names none of its files."""

    file: str
    line: int
    level: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Problems:
    """A page of the problems that a filter lets through. Counts are of all: level → count, code → count."""

    shown: Sequence[PlacedProblem]
    levels: Mapping[str, int]
    codes: Mapping[str, int]
    matching: int
    total: int


def placed(text: Text) -> list[PlacedProblem]:
    """All problems of a text, by file and line."""
    order = {name: place for place, name in enumerate(text.files)}
    steps = text.outline if text.in_folder else ()
    found = [
        PlacedProblem(file_of_problem(p, list(text.files), steps) or text.main, p.line, p.level, p.code, p.message)
        for p in text.problems
    ]
    return sorted(found, key=lambda p: (order.get(p.file, -1), p.line))


def filtered(problems: Sequence[PlacedProblem], level: str, code: str, page: int) -> Problems:
    """The problems of one level and one code ("" for all)."""
    matching = [p for p in problems if level in ("", p.level) and code in ("", p.code)]
    counts = Counter(p.level for p in problems)
    levels = {name: counts[name] for name in LEVELS if counts[name]}
    start = (page - 1) * PAGE
    codes = dict(Counter(p.code for p in problems).most_common())
    return Problems(matching[start : start + PAGE], levels, codes, len(matching), len(problems))
