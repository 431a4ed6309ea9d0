"""What a tool wrote about its own run, as frozen values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["passed", "failed", "error", "skipped"]
_WORST: tuple[Outcome, ...] = ("failed", "error", "skipped", "passed")


@dataclass(frozen=True, slots=True)
class Case:
    """One test. `identity` is what names it in every run of the same files; `message` is the first line that says why
    it failed or was skipped, "" for a pass."""

    identity: str
    outcome: Outcome
    seconds: float | None = None
    message: str = ""

    @property
    def fails(self) -> bool:
        return self.outcome in ("failed", "error")


@dataclass(frozen=True, slots=True)
class Issue:
    """What a rule of a linter or scanner says about a place; `line` is 1-based. level: error · warning · note."""

    rule: str
    message: str
    path: str = ""
    line: int | None = None
    level: str = "warning"

    @property
    def identity(self) -> str:
        """The same finding when lines above it move."""
        return f"{self.rule}\0{self.path}\0{self.message}"


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one file that were run, and those that could have been and were not; 1-based, ascending."""

    covered: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """Everything structured that one command said. `collected` counts tests, None where no test runner spoke. Where not
    `listed`, `cases` names those alone that did not pass, and `skipped` counts those that were skipped without a name.
    `told` are sentences about what could not be read."""

    cases: tuple[Case, ...] = ()
    collected: int | None = None
    listed: bool = True
    issues: tuple[Issue, ...] = ()
    lines: Mapping[str, Lines] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    skipped: int = 0

    @property
    def failing(self) -> tuple[Case, ...]:
        return tuple(case for case in self.cases if case.fails)

    @property
    def passing(self) -> int:
        """How many tests passed, named or not."""
        return (self.collected or 0) - self.skipped - sum(case.outcome != "passed" for case in self.cases)

    @property
    def ran(self) -> int:
        """How many tests ran to an end, good or bad."""
        return (self.collected or 0) - self.skipped - len(self.of("skipped"))

    def of(self, outcome: Outcome) -> frozenset[str]:
        return frozenset(case.identity for case in self.cases if case.outcome == outcome)

    def __bool__(self) -> bool:
        return bool(self.cases or self.issues or self.lines or self.told or self.collected is not None)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file worth keeping. kind: report · image. `path` is relative to the checkout, or begins with `reports/`."""

    path: str
    kind: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Gathered:
    """Structured results, and files to keep."""

    results: Results = field(default_factory=Results)
    kept: tuple[Kept, ...] = ()


def of_cases(cases: Iterable[Case]) -> Results:
    """The results of a runner that names every test. One that is named twice keeps its worst outcome."""
    found: dict[str, Case] = {}
    for case in cases:
        known = found.get(case.identity)
        if known is None or _WORST.index(case.outcome) < _WORST.index(known.outcome):
            found[case.identity] = case
    return Results(tuple(found.values()), collected=len(found))


def merged(parts: Iterable[Results]) -> Results:
    """All that several reports of one command say together."""
    found = [part for part in parts if part]
    cases = of_cases(case for part in found for case in part.cases).cases
    counts = [part.collected for part in found if part.collected is not None]
    listed = all(part.listed for part in found)
    issues = dict.fromkeys(issue for part in found for issue in part.issues)
    return Results(
        cases=cases,
        collected=(len(cases) if listed else sum(counts)) if counts else None,
        listed=listed,
        issues=tuple(issues),
        lines=_joined(part.lines for part in found),
        told=tuple(dict.fromkeys(text for part in found for text in part.told)),
        skipped=0 if listed else sum(part.skipped for part in found),
    )


def _joined(reports: Iterable[Mapping[str, Lines]]) -> dict[str, Lines]:
    """A line that any report saw run was run."""
    joined: dict[str, Lines] = {}
    for report in reports:
        for path, lines in report.items():
            known = joined.get(path, Lines())
            covered = {*known.covered, *lines.covered}
            missed = {*known.missed, *lines.missed} - covered
            joined[path] = Lines(tuple(sorted(covered)), tuple(sorted(missed)))
    return joined
