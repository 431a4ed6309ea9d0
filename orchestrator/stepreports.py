"""What one step came to: files, findings, checks and the git action, each read from rows and from git (B17)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from agents.exceptions import AgentsError
from agents.workspaces.types import FileChange
from orchestrator import queries
from orchestrator.engine.findings import name_of
from orchestrator.engine.ground import Ground
from orchestrator.engine.policy import PERSON
from orchestrator.models import Candidate, CheckRun, Dispatch, Event, Finding, Run, RunStep

StepReport = dict[str, Any]
_CHECKS = CheckRun.objects.select_related("reused_from__candidate").defer("data", "reused_from__data")
_TOLD = ("step.landed", "dispatch.done", "run.git_switched")
_IN_HAND = ("active", "landing", "needs_decision")


@dataclass(frozen=True, slots=True)
class _Rows:
    """What all steps of a report are made from, by step; `landed` and `handed_in` hold each step's last such event,
    `switches` the run's changes of git mode, oldest first."""

    ground: Ground
    candidates: Mapping[int, Candidate]
    findings: Mapping[int, Sequence[Finding]]
    builds: Mapping[int, Sequence[Dispatch]]
    reviewed: Mapping[int, Dispatch]
    landed: Mapping[str, Event]
    handed_in: Mapping[str, Event]
    switches: Sequence[Event]


def step_reports(run: Run, steps: Sequence[RunStep]) -> list[StepReport]:
    """The reports of steps of one run, in a bounded number of queries."""
    rows = _rows(run, steps)
    return [_report(run, step, rows) for step in steps]


def _rows(run: Run, steps: Sequence[RunStep]) -> _Rows:
    candidates = Candidate.objects.filter(step__in=steps).order_by("id").prefetch_related(Prefetch("checks", _CHECKS))
    dispatches = list(Dispatch.objects.filter(step__in=steps).order_by("id"))
    events = list(Event.objects.filter(chain=run.pk, kind__in=_TOLD).order_by("seq"))
    return _Rows(
        Ground.of(run.project),
        {candidate.step_id: candidate for candidate in candidates},
        _by_step(Finding.objects.filter(step__in=steps)),
        _by_step(dispatch for dispatch in dispatches if dispatch.role == "builder"),
        {d.step_id: d for d in dispatches if d.role == "reviewer" and d.status == "succeeded"},
        {event.step: event for event in events if event.kind == "step.landed"},
        {event.step: event for event in events if event.kind == "dispatch.done"},
        [event for event in events if event.kind == "run.git_switched"],
    )


def _by_step(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.step_id].append(row)
    return grouped


def _report(run: Run, step: RunStep, rows: _Rows) -> StepReport:
    candidate = rows.candidates.get(step.pk)
    found = list(candidate.checks.all()) if candidate else []
    checks = [row for row in found if row.counts]
    findings = rows.findings.get(step.pk, [])
    builds = rows.builds.get(step.pk, [])
    summary = _summary(step, builds, rows)
    return {
        "key": step.key,
        "title": step.title,
        "group": step.group,
        "status": step.status,
        "words": queries.step_words(step),
        "summary": summary,
        "files": _files(run, step, summary["intents"], rows.ground),
        "claims": _claims(step, builds, rows),
        "reviewed": step.pk in rows.reviewed,
        "findings": [_finding(f) for f in findings],
        "blocking": sum(f.severity == "blocking" for f in findings),
        "addressed": sum(f.severity == "blocking" and f.status == "addressed" for f in findings),
        "advisory": [_advice(f) for f in findings if f.severity == "advisory"],
        "checks": [_check(check) for check in checks],
        "checks_passed": sum(check.verdict == "passed" for check in checks),
        "not_applicable": [_check(check) for check in found if check.verdict == "not_applicable"],
        "notes": candidate.notes if candidate else [],
        **_git_action(run, step, candidate, rows),
        "waived": step.waived,
        "attempts": len(builds),
    }


def _claims(step: RunStep, builds: Sequence[Dispatch], rows: _Rows) -> list[dict[str, str]]:
    """What builder and reviewer said last, each line beside what was observed."""
    review = rows.reviewed.get(step.pk)
    told = [*builds[-1:], *([review] if review is not None and review.round == step.round else [])]
    names = ("kind", "claimed", "observed", "verdict")
    return [{name: row[name] for name in names} for dispatch in told for row in dispatch.claims]


def _finding(finding: Finding) -> dict[str, Any]:
    """`decision` is the number of the one that waived it, 0 for none."""
    return {
        "name": name_of(finding), "by": finding.guard or "reviewer", "severity": finding.severity,
        "status": finding.status, "path": finding.path, "line": finding.line, "title": finding.title,
        "times": finding.times, "decision": finding.decision,
    }  # fmt: skip


def _advice(finding: Finding) -> str:
    place = f"{finding.path}:{finding.line}" if finding.line else finding.path
    return f"{place} {finding.title}".strip()


def _check(check: CheckRun) -> dict[str, Any]:
    return {
        "item": check.item, "command": check.command, "verdict": check.verdict, "reason": check.reason,
        "exit": check.exit_code, "seconds": check.seconds, "output_sha256": check.output_sha256,
        "source": check.source, "reused_from": check.reused_from.candidate.oid if check.reused_from else "",
        "compared": check.compared, "changed_lines": _covered(check),
    }  # fmt: skip


def _covered(check: CheckRun) -> dict[str, int]:
    """How many of the lines that the step adds the check's coverage saw, and how many of those were run."""
    lines = check.changed_lines.values()
    run, missed = sum(file["covered"] for file in lines), sum(len(file["missed"]) for file in lines)
    return {"run": run, "of": run + missed}


def _summary(step: RunStep, builds: Sequence[Dispatch], rows: _Rows) -> dict[str, Any]:
    """Who built it and what they say of it: an agent's own account, or the note a person handed in with it."""
    last = builds[-1] if builds else None
    if last is None:
        return {"by": "", "text": "", "decisions": [], "deviations": [], "intents": {}}
    told = step.summary
    handed_in = rows.handed_in.get(step.key)
    by_person = last.runner == PERSON
    return {
        "by": (handed_in.actor if handed_in else "") if by_person else last.model or last.runner,
        "text": (last.detail if last.status == "succeeded" else "") if by_person else told.get("summary", ""),
        "decisions": told.get("decisions", []),
        "deviations": told.get("deviations", []),
        "intents": {file["path"].removeprefix("./"): file["intent"] for file in told.get("files", [])},
    }


def _files(run: Run, step: RunStep, intents: Mapping[str, str], ground: Ground) -> list[dict[str, Any]]:
    """The files of the commit that landed, or of the work in hand; none for work that was dropped."""
    oid = step.landed_oid or (step.work_oid if step.status in _IN_HAND else "")
    marked = _marked_file(run, step)
    return [
        {
            "path": change.path, "status": change.status, "added": change.added, "deleted": change.deleted,
            "intent": intents.get(change.path) or ("progress marks" if change.path == marked else ""),
        }
        for change in (_changed(ground, oid) if oid else ())
    ]  # fmt: skip


def _marked_file(run: Run, step: RunStep) -> str:
    """The plan's file that holds the step's completion mark; "" where none was written."""
    if not step.landed_oid or step.waived or step.step is None:
        return ""
    return step.step.content.get("path") or str(run.plan.path)


def _changed(ground: Ground, oid: str) -> Sequence[FileChange]:
    """What a commit changed; nothing when git has it no more."""
    try:
        return ground.changed_by(oid)
    except AgentsError:
        return ()


def _git_action(run: Run, step: RunStep, candidate: Candidate | None, rows: _Rows) -> dict[str, str]:
    """git: none · committed (by the engine, on the run's branch) · handed_over (into the person's clone, uncommitted;
    the tree is what was checked)."""
    if not step.landed_oid:
        return {"git": "none", "commit": "", "tree": ""}
    tree = candidate.tree if candidate else ""
    if _mode_at_landing(run, step, rows) == "user":
        return {"git": "handed_over", "commit": "", "tree": tree}
    return {"git": "committed", "commit": step.landed_oid, "tree": tree}


def _mode_at_landing(run: Run, step: RunStep, rows: _Rows) -> str:
    """The git mode when a step landed: the one that the first switch after it ended, else the present one."""
    landed = rows.landed.get(step.key)
    later = [event for event in rows.switches if landed is not None and event.seq > landed.seq]
    mode: str = json.loads(later[0].body)["from"] if later else run.policy.get("git", "")
    return mode


def facts(report: Mapping[str, Any], quote: str = "") -> list[str]:
    """What is said of a step beside its state: files, findings, checks N/N, attempts beyond the first, git action.
    `quote` goes around a hash."""
    told = [queries.many(len(report["files"]), "file")] if report["files"] else []
    if report["reviewed"]:
        told.append(f"{report['blocking']} blocking and {len(report['advisory'])} advisory findings")
    if report["checks"]:
        told.append(f"checks {report['checks_passed']}/{len(report['checks'])}")
    if report["attempts"] > 1:
        told.append(queries.many(report["attempts"], "attempt"))
    if report["git"] == "committed":
        told.append(f"commit {quote}{report['commit'][:12]}{quote}")
    if report["git"] == "handed_over":
        told.append(f"left for you to commit as tree {quote}{report['tree'][:12]}{quote}")
    return told


def cumulative(reports: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The figures of several steps together; a file that several steps changed counts once."""
    found = list(reports)
    files = {file["path"] for report in found for file in report["files"]}
    return {
        "steps": len(found),
        "passed": sum(report["status"] == "passed" for report in found),
        "files": len(files),
        "added": sum(file["added"] or 0 for report in found for file in report["files"]),
        "deleted": sum(file["deleted"] or 0 for report in found for file in report["files"]),
        "checks": sum(len(report["checks"]) for report in found),
        "checks_passed": sum(report["checks_passed"] for report in found),
        "blocking": sum(report["blocking"] for report in found),
        "advisory": sum(len(report["advisory"]) for report in found),
        "attempts": sum(report["attempts"] for report in found),
        "commits": sum(bool(report["commit"]) for report in found),
    }
