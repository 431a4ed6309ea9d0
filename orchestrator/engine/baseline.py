"""Failures against the base: only what is new blocks. The base is what the line held when the candidate was made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from agents.evidence.normal import normal_sha256
from agents.evidence.sorting import Sorted, sort
from agents.evidence.types import Results
from agents.types import CheckSpec
from agents.workspaces.types import FileChange
from orchestrator.engine import fewer
from orchestrator.engine.base import Base
from orchestrator.engine.bench import Bench, expectation
from orchestrator.engine.wanted import Wanted
from orchestrator.models import CheckRun

PROJECT_WIDE = frozenset({"project", "toolchain"})
"""Sources whose commands judge the whole project: a failure that was there before is not the step's."""
_CANNOT_BE_SORTED = (126, 127)
_FIRST_SIGNAL = 129


def sort_failures(bench: Bench, wanted: list[Wanted], changes: Sequence[FileChange]) -> list[CheckRun]:
    """Compare every row with its base; returns the rows that this took, measurements of the base and second runs.

    A failed gate is not compared: a tagged step is complete only when it passes.
    """
    base = Base(bench)
    for one in wanted:
        if one.spec is None or expectation(one.spec) != "exit_zero":
            continue
        if one.row.verdict == "failed" and one.row.source != "gate":
            _sort(base, one.row, one.spec)
        elif one.row.verdict == "passed":
            _compare(base, one.row)
            fewer.look(base, one.row, one.spec, changes)
    return base.beside


def _compare(base: Base, row: CheckRun) -> None:
    """For a row that passed nothing is measured: where the base is known, the page says what changed."""
    known = base.known(row.command)
    if known is not None and known.results.collected is not None:
        row.compared = _as_json(base, known, sort(row.results, known.results))


def _sort(base: Base, row: CheckRun, spec: CheckSpec) -> None:
    assert row.exit_code is not None
    if row.exit_code in _CANNOT_BE_SORTED or row.exit_code >= _FIRST_SIGNAL:
        return
    if row.results.failing:
        _sort_tests(base, row, spec)
    elif row.source in PROJECT_WIDE and row.results.collected != 0:
        _sort_whole(base, row, spec)


def _sort_tests(base: Base, row: CheckRun, spec: CheckSpec) -> None:
    before = base.of(spec)
    known = before.results if before is not None and before.results.collected is not None else None
    found = sort(row.results, known, waived=base.waived)
    last = row
    if found.new:
        last = base.again(row, spec)
        found = sort(row.results, known, again=last.results, waived=base.waived)
    row.compared = _as_json(base, before, found)
    hindrance = "" if found.new else _hindrance(row, before, last, found)
    row.reason = f"{_words(found, row.results)} (base {base.name}){hindrance}"
    if before is None:
        row.reason += "; the base could not be measured"
    if not found.new and not hindrance:
        row.verdict = "not_new"


def _hindrance(row: CheckRun, before: CheckRun | None, last: CheckRun, found: Sorted) -> str:
    """Why a failure without a new failing test blocks all the same, as the end of a sentence."""
    as_before = {0} if before is None else {0, before.exit_code}
    if last.exit_code not in as_before:
        there = "it passed" if before is None else f"exit {before.exit_code}"
        return f"; it ends otherwise than there (exit {last.exit_code}, there {there})"
    holds = row.results.passing + len(found.flaky) + len(found.waived) + len(found.expected_red)
    if row.source not in PROJECT_WIDE and holds <= 0:
        return "; none of its tests passes, so nothing shows that the item holds"
    return ""


def _sort_whole(base: Base, row: CheckRun, spec: CheckSpec) -> None:
    """A command that names no test: its rule findings, or else its whole output, must be as on the base."""
    before = base.of(spec)
    new = _new_issues(row.results, before.results) if before else []
    if before is None or (before.verdict == "passed" and not new):
        row.reason += f"; it passes on the base {base.name}" if before else "; the base could not be measured"
        return
    row.compared = {"base": base.oid, "new_issues": new}
    same = row.exit_code == before.exit_code
    if row.results.issues or before.results.issues:
        there = ", where it passes" if before.verdict == "passed" else ""
        row.reason = f"{_findings(len(row.results.issues))}: {len(new)} new (base {base.name}{there})"
        same = same and not new
    else:
        same = same and normal_sha256(row.output, row.cwd) == normal_sha256(before.output, before.cwd)
        row.reason += f"; on the base {base.name} it {'fails in the same way' if same else 'fails otherwise'}"
    if same:
        row.verdict = "not_new"


def _new_issues(now: Results, before: Results) -> list[list[Any]]:
    known = {issue.identity for issue in before.issues}
    return [[i.rule, i.message, i.path, i.line] for i in now.issues if i.identity not in known]


def _as_json(base: Base, before: CheckRun | None, found: Sorted) -> dict[str, Any]:
    """What of a comparison is not empty; `from` is the candidate whose row tells of the base."""
    places: Mapping[str, Any] = {name: value for name, value in asdict(found).items() if value}
    return {"base": base.oid, "from": before.candidate_id if before else None, **places}


def _words(found: Sorted, now: Results) -> str:
    parts = [f"{len(found.new)} new"]
    parts += [_there(len(found.before))] if found.before else []
    parts += [f"{len(found.flaky)} flaky"] if found.flaky else []
    parts += [f"{len(found.expected_red)} expected red"] if found.expected_red else []
    for decision in sorted(set(found.waived.values())):
        parts.append(f"{list(found.waived.values()).count(decision)} waived at decision {decision}")
    return f"{len(now.failing)} failed: {', '.join(parts)}"


def _findings(count: int) -> str:
    return "1 finding" if count == 1 else f"{count} findings"


def _there(count: int) -> str:
    return "1 was there before" if count == 1 else f"{count} were there before"
