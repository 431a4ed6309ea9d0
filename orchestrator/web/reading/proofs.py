"""All that stands behind one check: its tests against the base, second runs, findings, covered lines, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.evidence.types import Issue
from orchestrator.engine import keeping
from orchestrator.models import Artifact, Candidate, CheckRun

MOST_TESTS = 100
"""How many tests of one kind are named on a page; the report file has them all."""
MOST_ISSUES = 50


@dataclass(frozen=True, slots=True)
class Tests:
    """Tests of one kind, with what each says; `more` counts those that are not named. family: as for signs."""

    title: str
    icon: str
    family: str
    named: Sequence[tuple[str, str]]
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.named) + self.more


@dataclass(frozen=True, slots=True)
class Covered:
    """One file's added lines that the check looked at; `missed` are line numbers, as ranges in words."""

    path: str
    covered: int
    of: int
    missed: str


@dataclass(frozen=True, slots=True)
class Picture:
    """An image now and, where the base's landed candidate left one of that name, before. None: not kept any more."""

    path: str
    now: Artifact | None
    before: Artifact | None


@dataclass(frozen=True, slots=True)
class Proof:
    """A row with all that stands behind it. `base` is the base's own row where it was measured for this candidate."""

    check: CheckRun
    reruns: Sequence[CheckRun] = ()
    base: CheckRun | None = None
    tests: Sequence[Tests] = ()
    issues: Sequence[tuple[Issue, bool]] = ()
    covered: Sequence[Covered] = ()
    files: Sequence[tuple[Artifact, bool]] = ()
    pictures: Sequence[Picture] = field(default_factory=tuple)

    @property
    def counts(self) -> str:
        """What the command says of its tests, in figures; "" where it names none."""
        found = self.check.results
        if found.collected is None:
            return ""
        parts = [f"{found.collected} collected", f"{max(found.passing, 0)} passed"]
        parts += [f"{len(found.failing)} failed"] if found.failing else []
        skipped = len(found.of("skipped"))
        return ", ".join([*parts, *([f"{skipped} skipped"] if skipped else [])])

    @property
    def covered_sum(self) -> str:
        return f"{sum(file.covered for file in self.covered)} of {sum(file.of for file in self.covered)}"

    @property
    def told(self) -> Sequence[str]:
        return self.check.results.told


def proofs(candidate: Candidate) -> list[Proof]:
    """The checks of a candidate, in their order, each with the rows beside it."""
    rows = list(candidate.checks.all())
    before = _pictures_before(candidate, rows)
    return [_proof(row, rows, before) for row in rows if row.decides]


def _proof(row: CheckRun, rows: Sequence[CheckRun], before: Mapping[str, Artifact]) -> Proof:
    base = next((other for other in rows if other.source == "baseline" and other.command == row.command), None)
    files = _files(row)
    return Proof(
        check=row,
        reruns=[other for other in rows if other.rerun_of_id == row.pk],
        base=base if row.compared else None,
        tests=list(_tests(row)),
        issues=_issues(row),
        covered=[_covered(path, lines) for path, lines in row.changed_lines.items()],
        files=[(file, keeping.file_of(file).is_file()) for file in files],
        pictures=[_picture(file, before) for file in files if file.kind == "image"],
    )


_KINDS = (
    ("new", "New failures", "circle-x", "failed"),
    ("before", "Failed before as well", "circle-x", "neutral"),
    ("flaky", "Flaky: passed when run once more", "rotate-ccw", "needs"),
    ("waived", "Accepted as a gap", "badge-check", "neutral"),
    ("expected_red", "Expected to fail until their code is there", "hourglass", "neutral"),
    ("fixed", "Fixed", "circle-check", "passed"),
    ("skipped", "Skipped since", "circle-off", "needs"),
    ("gone", "Gone", "circle-off", "needs"),
    ("added", "Added", "check", "neutral"),
)
"""Keys of `compared`, in the order of the page."""


def _tests(row: CheckRun) -> Iterator[Tests]:
    results = row.results
    said = {case.identity: case.message for case in results.cases}
    for key, title, icon, family in _KINDS:
        found = row.compared.get(key, ())
        if isinstance(found, dict):
            named = [(test, f"decision {decision}. {said.get(test, '')}".strip()) for test, decision in found.items()]
        else:
            named = [(test, said.get(test, "")) for test in found]
        if named:
            yield Tests(title, icon, family, named[:MOST_TESTS], max(0, len(named) - MOST_TESTS))
    if results.failing and not row.compared:
        named = [(case.identity, case.message) for case in results.failing]
        is_red = row.source == "red-first"
        title, family = ("Fail without the change", "neutral") if is_red else ("Failed", "failed")
        yield Tests(title, "circle-x", family, named[:MOST_TESTS], max(0, len(named) - MOST_TESTS))


def _issues(row: CheckRun) -> list[tuple[Issue, bool]]:
    """Rule findings with whether each is new against the base; without a base none is called so."""
    new = {tuple(found[:3]) for found in row.compared.get("new_issues", ())}
    found = [(issue, (issue.rule, issue.message, issue.path) in new) for issue in row.results.issues]
    return sorted(found, key=lambda pair: not pair[1])[:MOST_ISSUES]


def _covered(path: str, lines: Mapping[str, Any]) -> Covered:
    return Covered(path, lines["covered"], lines["covered"] + len(lines["missed"]), _ranges(lines["missed"]))


def _ranges(numbers: Sequence[int]) -> str:
    """1, 2, 3, 7 as "1–3, 7"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in parts)


def _files(row: CheckRun) -> list[Artifact]:
    """What the check left, where it was really run."""
    return list((row.reused_from or row).artifacts.all())


def _pictures_before(candidate: Candidate, rows: Sequence[CheckRun]) -> dict[str, Artifact]:
    """Images by path that checks left on the base: by the candidate that landed it, else as measured for this one."""
    if not any(file.kind == "image" for row in rows if row.decides for file in _files(row)):
        return {}
    landed = Artifact.objects.filter(check_run__candidate__run=candidate.run_id, kind="image")
    landed = landed.filter(check_run__candidate__oid=candidate.base_oid, check_run__candidate__status="landed")
    measured = [file for row in rows if row.source == "baseline" for file in row.artifacts.all()]
    found = [*measured, *landed.select_related("check_run__candidate__step")]
    return {file.path: file for file in found if file.kind == "image"}


def _picture(file: Artifact, before: Mapping[str, Artifact]) -> Picture:
    return Picture(file.path, _there(file), _there(before.get(file.path)))


def _there(file: Artifact | None) -> Artifact | None:
    return file if file is not None and keeping.file_of(file).is_file() else None
