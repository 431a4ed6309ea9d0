"""What a batch came to (B7, B17): one value, which the page and the terminal print alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from orchestrator.actions import decisions
from orchestrator.exceptions import SignalboxError
from orchestrator.models import Candidate, CheckRun, Decision, Finding, Run, RunStep
from orchestrator.models.check import BESIDE
from orchestrator.stepreports import cumulative, step_reports

Summary = dict[str, Any]


def summary(run: Run, steps: Iterable[int], card: Decision | None) -> Summary:
    """steps: each step's report · totals: their sums · so_far: the
    run's · upcoming: (key, title) of what starts when `card`, their open question, is answered with continue."""
    rows = list(RunStep.objects.filter(pk__in=list(steps)).select_related("step").order_by("position"))
    reports = [report | {"row": row.pk} for row, report in zip(rows, step_reports(run, rows), strict=True)]
    return {
        "steps": reports,
        "totals": cumulative(reports),
        "so_far": _so_far(run),
        "upcoming": _upcoming(card) if card is not None and card.status == "open" else [],
    }


def _so_far(run: Run) -> Summary:
    statuses = list(run.steps.values_list("status", flat=True))
    last = Candidate.objects.filter(run=run).order_by().values("step").annotate(last=Max("id")).values("last")
    checks = CheckRun.objects.filter(candidate__in=last).exclude(source__in=BESIDE).exclude(verdict="not_applicable")
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
