"""Check a candidate's very commit: what it has to pass, what that came to, and how it compares with the base."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db import transaction

from orchestrator.engine import baseline, coverage, keeping, redfirst, reuse
from orchestrator.engine.bench import Bench, Stopped
from orchestrator.engine.ground import Ground
from orchestrator.engine.patience import patiently
from orchestrator.engine.wanted import wanted
from orchestrator.failpoints import failpoint
from orchestrator.models import Artifact, Candidate, CheckRun
from orchestrator.sandboxing import in_force

BLOCKS = frozenset({"failed", "timed_out", "not_run"})
"""Verdicts that stop a candidate. A pass is a pass; a waived item is a gap that a person accepted by name."""


def check(candidate: Candidate, ground: Ground, stopped: Callable[[], bool]) -> list[CheckRun] | None:
    """The rows of every check, stored; None when stopped before the end (what was found is then run again)."""
    Candidate.objects.filter(pk=candidate.pk).update(sandbox=in_force(candidate.run))
    with Bench(candidate, ground, stopped) as bench:
        try:
            rows = _rows(bench)
        except Stopped:
            return None
        failpoint("before_discard")
    _number(rows)
    artifacts = keeping.keep(bench, rows)
    patiently(partial(_store, bench, rows, artifacts, reuse.carried(rows)))
    failpoint("after_checks")
    return rows


def _rows(bench: Bench) -> list[CheckRun]:
    candidate = bench.candidate
    changes = bench.ground.changed(candidate.base_oid, candidate.oid)
    items = wanted(candidate, bench.ground, [change.path for change in changes])
    reuse.reuse(bench, items)
    for item in items:
        if item.spec is not None and item.row.verdict == "not_run":
            bench.run(item.row, item.spec, candidate.oid)
    beside = baseline.sort_failures(bench, items, changes)
    rows = [*(item.row for item in items), *redfirst.measure(bench, changes), *beside]
    coverage.cover(bench, rows)
    return rows


def _number(rows: list[CheckRun]) -> None:
    for position, row in enumerate(rows):
        row.position = position


def _store(bench: Bench, rows: list[CheckRun], artifacts: list[Artifact], carried: list[int]) -> None:
    """Rows first, then those that point to one of them. Rows that are stored already stay as they are."""
    candidate = bench.candidate
    with transaction.atomic():
        CheckRun.objects.filter(candidate=candidate).exclude(pk__in=carried).delete()
        fresh = [row for row in rows if row.pk not in carried]
        CheckRun.objects.bulk_create([row for row in fresh if row.rerun_of is None])
        CheckRun.objects.bulk_create([row for row in fresh if row.rerun_of is not None])
        Artifact.objects.bulk_create(artifacts)
        Candidate.objects.filter(pk=candidate.pk).update(notes=bench.notes)


def reason(row: CheckRun) -> dict[str, object]:
    """Why a row stops its candidate, for the card: the new failing tests by name, with what each says first."""
    text = f"{row.item.rstrip('. ')}: {row.reason}"
    told = _failures(row)
    return {"text": text, "check": row.position, "command": row.command} | ({"detail": told} if told else {})


NAMED = 8
"""How many failing tests a card names."""


def _failures(row: CheckRun) -> str:
    said = {case.identity: case.message for case in row.results.failing}
    new = row.compared.get("new") or ([] if row.compared or row.source == "red-first" else list(said))
    lines = [f"{test}: {said[test]}" if said.get(test) else test for test in new[:NAMED]]
    lines += [f"{path}:{line or '?'}: {rule} {message}" for rule, message, path, line in _issues(row)[:NAMED]]
    more = len(new) - NAMED
    return "\n".join([*lines, *([f"and {more} more"] if more > 0 else [])])


def _issues(row: CheckRun) -> list[list[str]]:
    found: list[list[str]] = row.compared.get("new_issues", [])
    return found
