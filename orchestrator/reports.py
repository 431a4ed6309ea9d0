"""One value for a run's report, which page, Markdown and JSON print; and a run as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator import queries, rules
from orchestrator.engine.states import OPEN_DECISION, RUN_OVER
from orchestrator.marking import marks_of
from orchestrator.models import Batch, Decision, Event, Run, RunStep
from orchestrator.stepreports import StepReport, cumulative, step_reports

Report = dict[str, Any]
_NOT_DONE = (
    "needs_decision", "skipped", "deferred", "blocked", "waived", "suspect", "cancelled", "removed", "out_of_scope",
)  # fmt: skip


def report(run: Run) -> Report:
    """The whole report, JSON-serialisable; docs/cli.md names its parts."""
    steps = list(run.steps.select_related("step").order_by("position"))
    line = run.lines.first()
    found = step_reports(run, steps)
    by_id = {step.pk: report for step, report in zip(steps, found, strict=True)}
    reasons = _reasons(run)
    return {
        "run": run.pk,
        "title": str(run.plan),
        "project": run.project.name,
        "plan": run.plan.path,
        "status": run.status,
        "interim": run.status not in RUN_OVER,
        "scripted": run.scripted,
        "unsafe": run.unsafe,
        "git": run.policy.get("git", ""),
        "branch": run.branch,
        "clone": line.clone if line else "",
        "head": line.head_oid if line else "",
        "published": line.publish_state if line else "none",
        "published_detail": line.publish_detail if line else "",
        "started": str(run.created_at),
        "ended": str(run.ended_at or ""),
        "counts": _counts(steps),
        "not_done": [_not_done(step, reasons) for step in steps if step.status in _NOT_DONE],
        "steps": found,
        "figures": cumulative(found),
        "batches": [_batch(batch, by_id) for batch in run.batch_rows.all()],
        "decisions": [_decision(card) for card in run.decisions.exclude(decided_at=None).order_by("id")],
        "record": _record(run),
    }


def _counts(steps: Iterable[RunStep]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for step in steps:
        counts[step.status] = counts.get(step.status, 0) + 1
    return counts


def _record(run: Run) -> dict[str, Any]:
    last = Event.objects.filter(chain=run.pk).order_by("-seq").first()
    return {"events": last.seq if last else 0, "hash": last.hash if last else ""}


def _reasons(run: Run) -> dict[int, str]:
    """The reason last given in an answer about each step; of one that waits for a decision, why it is asked."""
    cards = run.decisions.filter(status="applied").exclude(reason="").order_by("id")
    given = {step: card.reason for card in cards for step in card.subjects}
    asked = run.decisions.filter(status__in=sorted(OPEN_DECISION)).order_by("-id")
    why = {step: card.payload["reasons"][:1] for card in asked if card.payload.get("reasons") for step in card.subjects}
    return given | {step: first["text"] for step, (first,) in why.items()}


def _not_done(step: RunStep, reasons: Mapping[int, str]) -> dict[str, str]:
    why = f"because of step {step.blocked_by}" if step.status == "blocked" else ""
    return {"key": step.key, "title": step.title, "status": step.status, "why": why or reasons.get(step.pk, "")}


def _batch(batch: Batch, reports: Mapping[int, StepReport]) -> dict[str, Any]:
    """A batch with the figures of its steps together."""
    mine = [reports[id] for id in batch.steps if id in reports]
    steps = [{"key": step["key"], "status": step["status"]} for step in mine]
    return {"number": batch.number, "status": batch.status, "steps": steps, "figures": cumulative(mine)}


def _decision(card: Decision) -> dict[str, Any]:
    return {
        "id": card.pk,
        "about": queries.headline(card),
        "option": card.option,
        "by": card.decided_by.get_username() if card.decided_by else "",
        "via": card.via,
        "at": str(card.decided_at),
        "reason": card.reason,
        "instructions": card.instructions,
        "status": card.status,
    }


# -- for a terminal ------------------------------------------------------------------------------------------------


def overview(run: Run, value: Mapping[str, Any], *, followed: bool = False) -> str:
    """A run as text for a terminal; its last line says what to do next, unless what it does is `followed` anyway."""
    lines = [f"Run {run.pk} · {run.plan} · {queries.words(run.status)}", _route(value)]
    if run.scripted:
        lines.append("Rehearsal: the model is scripted, no key is used; everything else is real.")
    if run.unsafe:
        lines.append("WITHOUT a sandbox: commands of this run can reach everything you can.")
    lines += [
        f"  {_mark(step['status'])} {step['key']:>4}  {step['title']}  [{_said(step)}]" for step in value["steps"]
    ]
    if run.status == "awaiting_approval":
        lines += _approval_lines(run, value)
    lines += [f"WAITING: {text}" for text in value["hindrances"]]
    lines += [] if followed else _work_lines(run, value)
    return "\n".join(lines)


def _route(value: Mapping[str, Any]) -> str:
    """From where to where, and who commits."""
    start = f"From {value['from']['branch']} at {value['from']['oid'][:10]}"
    if value["clone"]:
        return f"{start}; you commit, in {value['clone']}"
    how = "; one commit per step" if value["git"] == "engine" else "; you commit" if value["git"] == "user" else ""
    state = f", {queries.PUBLISHED[value['published']['state']]}" if value["published"] else ""
    return f"{start} to branch {value['branch']}{state}{how}"


def _work_lines(run: Run, value: Mapping[str, Any]) -> list[str]:
    """Who is at it, which commands will run, and the next command."""
    again = f"manage.py run {{}} {run.pk}".format
    if run.is_over:
        return [f"Next: {again('report')}"]
    if run.status == "paused":
        return [f"Paused: {run.pause_reason}. Go on: {again('resume')}"]
    if value["with_you"]:
        mine = value["with_you"]
        folder = mine["worktree"] or "(being prepared)"
        checks = _command_lines(step for step in value["steps"] if step["key"] == mine["step"])
        return [*checks, f"Step {mine['step']} is yours, in {folder}. When done: {again('done')}"]
    if value["needs_person"]:
        return []
    checks = _command_lines(step for step in value["steps"] if step["status"] in ("active", "landing"))
    if value["worker_alive"]:
        return [*checks, f"A worker is at it. Follow it: {again('watch')}"]
    return [*checks, NO_WORKER.format(run=run.pk)]


NO_WORKER = "No worker is alive. Start one: make up, or manage.py run watch {run} --work"
SHOWN_COMMANDS = 12


def _command_lines(steps: Iterable[Mapping[str, Any]]) -> list[str]:
    """The commands that will judge these steps, the first of them where there are many."""
    found = [f"  check of step {step['key']}: {command}" for step in steps for command in step["commands"]]
    more = len(found) - SHOWN_COMMANDS
    return found[:SHOWN_COMMANDS] + ([f"  and {queries.many(more, 'command')} more, with --json"] if more > 0 else [])


def _said(step: Mapping[str, Any]) -> str:
    if step["status"] == "blocked":
        return f"blocked by step {step['blocked_by']}"
    built = [f"{step['builder']} builds it, {step['because']}"] if step.get("because") else []
    return "; ".join([queries.words(step["status"]), *built, *step.get("warnings", [])])


_MARKS = {"passed": "✓", "already_done": "✓", "waived": "◐", "needs_decision": "!", "skipped": "»", "blocked": "×"}


def _mark(status: str) -> str:
    return _MARKS.get(status, "·")


_COUNTED = {"dispatches": "dispatch", "checks": "check", "batches": "batch"}


def _approval_lines(run: Run, value: Mapping[str, Any]) -> list[str]:
    plan = run.compiled["plan"]
    lines = [
        f"{plan['done']} of {plan['total']} steps are already complete; {plan['chosen']} would run: "
        + ", ".join(queries.many(plan[name], noun) for name, noun in _COUNTED.items())
        + ".",
    ]
    for problem in run.compiled["problems"]:
        where = f"{problem['path']}:{problem['line']}"
        lines.append(f"{where}: {problem['level']}[{problem['code']}]: {problem['message']}")
    if run.compiled["dirty"]:
        lines.append(f"Not committed, so the run does not see: {', '.join(run.compiled['dirty'])}")
    git = run.policy.get("git")
    lines.append(f"Marks: {marks_of(run)}")
    lines += _command_lines(step for step in value["steps"] if step["status"] == "waiting")
    lines += [
        f"  check of the project: {check['name']}: {check['command']}" for check in run.compiled.get("checks", ())
    ]
    lines += rules.lines(rules.rules_of(run))
    lines += [
        f"Git mode: {git or 'not chosen yet: --git engine or --git user'}",
        *(
            [f"Agents: {', '.join(run.compiled['builders'])}. Choose: manage.py run assign {run.pk} STEP AGENT"]
            if run.compiled.get("builders")
            else []
        ),
        f"Receipt: {value['digest']}",
        f"Approve: manage.py run approve {run.pk}{'' if git else ' --git engine'}",
    ]
    return lines


def drift_lines(edits: Mapping[str, Any]) -> list[str]:
    """What a person changed in the plan, as sentences."""
    kinds = ("added", "removed", "edited", "moved")
    lines = [f"Plan: step {key} was {kind}." for kind in kinds for key in edits[kind]]
    lines += [f"Tool chain: {text}." for text in edits["commands"]]
    return lines + [f"Warning: {text}." for text in edits["warnings"]] or [
        "Plan: its text was edited, no step changed."
    ]
