"""Run a candidate's verification items on its very commit, in a clean checkout, and keep what each came to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction

from agents.evidence import checks
from agents.types import CheckResult, CheckSpec
from orchestrator.engine.ground import Ground
from orchestrator.engine.items import items_of
from orchestrator.engine.patience import patiently
from orchestrator.failpoints import failpoint
from orchestrator.models import Candidate, CheckRun
from orchestrator.sandboxing import check_jail, in_force


def check(candidate: Candidate, ground: Ground, stopped: Callable[[], bool]) -> list[CheckRun] | None:
    """The results of every item, stored; None when stopped before the end (what was found is then run again)."""
    Candidate.objects.filter(pk=candidate.pk).update(sandbox=in_force(candidate.run))
    path = ground.checkout(candidate.oid, f"run{candidate.run_id}-candidate{candidate.pk}-e{candidate.epoch}")
    failpoint("after_checkout")
    try:
        found = []
        for position, item in enumerate(items_of(candidate.step)):
            if stopped():
                return None
            found.append(_result(candidate, ground, path, position, item, stopped))
            failpoint("after_check")
        failpoint("before_discard")
    finally:
        ground.discard(path)
    patiently(partial(_store, candidate, found))
    failpoint("after_checks")
    return found


def _store(candidate: Candidate, found: list[CheckRun]) -> None:
    with transaction.atomic():
        CheckRun.objects.filter(candidate=candidate).delete()
        CheckRun.objects.bulk_create(found)


def _result(
    candidate: Candidate, ground: Ground, path: Path, position: int, item: dict[str, Any], stopped: Callable[[], bool]
) -> CheckRun:
    row = CheckRun(candidate=candidate, position=position, item=item["text"], verdict="not_run")
    proof = candidate.step.proofs.get(str(position), {})
    if item["command"]:
        expected = item["expectation"]
        return _run(
            row, CheckSpec(item["text"], item["command"], expected["kind"], expected["value"]), ground, path, stopped
        )
    if "command" in proof:
        row.source = "verifier"
        return _run(row, CheckSpec(item["text"], proof["command"]), ground, path, stopped)
    if "path" in proof:
        return _read(row, proof, ground, candidate.oid)
    if "person" in proof:
        holds = proof.get("holds", True)
        row.source, row.verdict = "person", "passed" if holds else "failed"
        row.reason = f"{'confirmed' if holds else 'denied'} by {proof['person']}"
    elif "prove" in candidate.step.waived:
        row.source, row.verdict, row.reason = "person", "waived", "nobody could prove it, and the gap was accepted"
    else:
        row.reason = "it names no command, and nothing else proved it"
    return row


def _run(row: CheckRun, spec: CheckSpec, ground: Ground, path: Path, stopped: Callable[[], bool]) -> CheckRun:
    """Run a command in the check jail and keep what it really did."""
    jail = check_jail(row.candidate.run, path, ground.readable)
    result: CheckResult = checks.run_check(spec, jail, cancelled=stopped)
    row.command, row.cwd, row.verdict, row.reason = spec.command, result.cwd, result.verdict, result.reason
    row.exit_code, row.seconds, row.output = result.exit_code, result.seconds, result.output.replace("\0", "␀")
    row.output_sha256, row.truncated = result.output_sha256, result.truncated
    row.environment_sha256 = result.environment_sha256
    return row


def _read(row: CheckRun, proof: dict[str, Any], ground: Ground, oid: str) -> CheckRun:
    there = ground.has_line(oid, proof["path"], proof["line"])
    row.source, row.command = "verifier", f"{proof['path']}:{proof['line']}"
    row.verdict = "passed" if there else "failed"
    row.reason = proof["note"] if there else "the named line does not exist in this commit"
    return row


BLOCKS = frozenset({"failed", "timed_out", "not_run"})
"""Verdicts that stop a candidate. A pass is a pass; a waived item is a gap that a person accepted by name."""
