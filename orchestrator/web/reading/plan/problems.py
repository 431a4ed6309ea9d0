"""The problems of a plan's text, each with the file and the line it stands at; counted and filtered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.web.reading.plan.text import Text
from plans.types import Problem

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
    found = [PlacedProblem(_file(text, p), p.line, p.level, p.code, p.message) for p in text.problems]
    order = {name: place for place, name in enumerate(text.files)}
    return sorted(found, key=lambda p: (order.get(p.file, -1), p.line))


def _file(text: Text, problem: Problem) -> str:
    """In a folder a message starts with the name of its file or with its step."""
    if not text.in_folder:
        return next(iter(text.files), "")
    named = problem.message.partition(":")[0]
    by_name = next((name for name in text.files if name.rpartition("/")[2] == named), "")
    steps = (s for s in text.outline if s.line == problem.line and problem.message.startswith(f"Step {s.key} "))
    by_step = next((s.path or "" for s in steps), "")
    return by_name or by_step


def filtered(problems: Sequence[PlacedProblem], level: str, code: str, page: int) -> Problems:
    """The problems of one level and one code ("" for all)."""
    matching = [p for p in problems if level in ("", p.level) and code in ("", p.code)]
    counts = Counter(p.level for p in problems)
    levels = {name: counts[name] for name in LEVELS if counts[name]}
    start = (page - 1) * PAGE
    codes = dict(Counter(p.code for p in problems).most_common())
    return Problems(matching[start : start + PAGE], levels, codes, len(matching), len(problems))
