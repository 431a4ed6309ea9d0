"""Tests that ran on the base and run no more although nobody touched a test: something else took them away."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.claims import Ran
from agents.claims.commands import count
from agents.evidence.redfirst import helps_tests
from agents.guards import asked
from agents.types import CheckSpec
from agents.workspaces.types import FileChange
from orchestrator.engine.base import Base
from orchestrator.engine.items import words_of
from orchestrator.models import CheckRun, RunStep

_TELLS = re.compile(r"\b(?:unittest|py\.?test|go test|cargo test)\b")
"""Runners that say how many tests they ran, whether or not any failed."""


def look(base: Base, row: CheckRun, spec: CheckSpec, changes: Sequence[FileChange]) -> None:
    """Fail a row whose command passes with fewer tests than on the base. Where tests were changed or something was to
    be removed, the guards judge that, and the row only says it; none at all is always a failure."""
    if not _tells(row, spec) or _names_a_new_file(spec, changes):
        return
    before = base.of(spec)
    here, there = _ran(row), _ran(before) if before is not None else 0
    if here >= there:
        return
    row.reason = f"exit 0, but {_tests(here)} ran; on the base {base.name} {there} did"
    if not here or not _accounted_for(row.candidate.step, changes):
        row.verdict = "failed"


def _tells(row: CheckRun, spec: CheckSpec) -> bool:
    return row.results.collected is not None or _TELLS.search(spec.command) is not None


def _names_a_new_file(spec: CheckSpec, changes: Sequence[FileChange]) -> bool:
    """Whether the base cannot have what the command runs."""
    return any(change.status == "A" and change.path in spec.command for change in changes)


def _accounted_for(step: RunStep, changes: Sequence[FileChange]) -> bool:
    touched = any(change.status != "A" and helps_tests(change.path) for change in changes)
    return touched or asked.removes(words_of(step))


def _ran(row: CheckRun) -> int:
    """How many tests a command says that it ran, without those it skipped; 0 where it does not say."""
    if row.results.collected is not None:
        return row.results.ran
    return count(Ran(row.command, row.exit_code, row.output)) or 0


def _tests(number: int) -> str:
    return {0: "no test", 1: "1 test"}.get(number, f"{number} tests")
