"""What a batch came to (B7, B17): one value, which the page and the terminal print alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from agents.exceptions import AgentsError
from orchestrator.actions import decisions
from orchestrator.engine.ground import Ground
from orchestrator.exceptions import SignalboxError
from orchestrator.models import CheckRun, Decision, Finding, Run, RunStep
from orchestrator.reports import step_report

Summary = dict[str, Any]


def summary(run: Run, steps: Iterable[int], card: Decision | None) -> Summary:
    """steps: each step's report, with the files that its commit really changed · totals: their sums · so_far: the
    run's · upcoming: (key, title) of what starts when `card`, their open question, is answered with continue."""
    rows = list(RunStep.objects.filter(pk__in=list(steps)).select_related("step").order_by("position"))
    reports = [_report(run, row) for row in rows]
    return {
        "steps": reports,
        "totals": _totals(reports),
        "so_far": _so_far(run),
        "upcoming": _upcoming(card) if card is not None and card.status == "open" else [],
    }


def _report(run: Run, step: RunStep) -> Summary:
    told = step_report(step)
    return {**told, "files": _files(run, step), "landed": bool(step.landed_oid), "row": step.pk}


def _files(run: Run, step: RunStep) -> list[dict[str, Any]]:
    if not step.landed_oid:
        return []
    try:
        found = Ground.of(run.project).changed(f"{step.landed_oid}^", step.landed_oid)
    except AgentsError:
        return []
    return [{"path": c.path, "added": c.added or 0, "deleted": c.deleted or 0} for c in found]


def _totals(reports: Sequence[Summary]) -> Summary:
    files = [file for report in reports for file in report["files"]]
    return {
        "steps": len(reports),
        "passed": sum(report["status"] == "passed" for report in reports),
        "files": len({file["path"] for file in files}),
        "added": sum(file["added"] for file in files),
        "deleted": sum(file["deleted"] for file in files),
        "blocking": sum(report["blocking"] for report in reports),
        "advisory": sum(len(report["advisory"]) for report in reports),
        "checks": sum(len(report["checks"]) for report in reports),
        "checks_passed": sum(report["checks_passed"] for report in reports),
        "attempts": sum(report["attempts"] for report in reports),
        "commits": sum(report["landed"] for report in reports),
    }


def _so_far(run: Run) -> Summary:
    statuses = list(run.steps.values_list("status", flat=True))
    checks = CheckRun.objects.filter(candidate__run=run, candidate__status="landed")
    findings = list(Finding.objects.filter(run=run).values_list("severity", flat=True))
    return {
        "steps": len(statuses),
        "passed": statuses.count("passed"),
        "before": statuses.count("already_done"),
        "commits": run.steps.exclude(landed_oid="").count(),
        "checks": checks.count(),
        "checks_passed": checks.filter(verdict="passed").count(),
        "blocking": findings.count("blocking"),
        "advisory": findings.count("advisory"),
    }


def _upcoming(card: Decision) -> list[tuple[str, str]]:
    """What continuing would start, by the very function that would do it."""
    try:
        effects = decisions.preview(card.pk, decisions.Answer("continue"))
    except SignalboxError:
        return []
    keys = effects["opens"] or [key for key, _ in effects["starts"]]
    found = RunStep.objects.filter(run=card.run_id, key__in=keys).order_by("position")
    return list(found.values_list("key", "title"))
