"""One value for a run's report, and its prints. Skipped first; a run that has not ended says INTERIM."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from orchestrator import queries
from orchestrator.engine.states import RUN_OVER
from orchestrator.models import Decision, Event, Finding, Run, RunStep

Report = dict[str, Any]
_NOT_DONE = ("skipped", "deferred", "blocked", "waived", "suspect", "cancelled", "removed", "out_of_scope")


def report(run: Run) -> Report:
    """The whole report, JSON-serialisable: not_done, steps, batches, decisions, git, verdict."""
    steps = list(run.steps.order_by("position"))
    line = run.lines.first()
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
        "head": line.head_oid if line else "",
        "published": line.publish_state if line else "none",
        "published_detail": line.publish_detail if line else "",
        "started": str(run.created_at),
        "ended": str(run.ended_at or ""),
        "counts": _counts(steps),
        "not_done": [_not_done(step) for step in steps if step.status in _NOT_DONE],
        "steps": [step_report(step) for step in steps],
        "batches": [_batch(run, batch.number, batch.steps, batch.status) for batch in run.batch_rows.all()],
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


def _not_done(step: RunStep) -> dict[str, str]:
    why = f"because of step {step.blocked_by}" if step.status == "blocked" else ""
    cards = Decision.objects.filter(run=step.run_id, status="applied").order_by("-id")
    said = next((card.reason for card in cards if step.pk in card.subjects and card.reason), "")
    return {"key": step.key, "title": step.title, "status": step.status, "why": why or said}


def step_report(step: RunStep) -> dict[str, Any]:
    """B17: status, files changed, finding counts, checks N/N, git action with hash."""
    candidate = queries.latest_candidate(step)
    checks = list(candidate.checks.all()) if candidate else []
    findings = list(Finding.objects.filter(step=step))
    return {
        "key": step.key,
        "title": step.title,
        "group": step.group,
        "status": step.status,
        "words": queries.step_words(step),
        "files": step.summary.get("files", []),
        "blocking": sum(f.severity == "blocking" for f in findings),
        "advisory": [f"{f.path}:{f.line} {f.title}" for f in findings if f.severity == "advisory"],
        "checks": [
            {"item": c.item, "command": c.command, "verdict": c.verdict, "reason": c.reason, "exit": c.exit_code,
             "output_sha256": c.output_sha256, "source": c.source}
            for c in checks
        ],
        "checks_passed": sum(c.verdict == "passed" for c in checks),
        "commit": step.landed_oid,
        "waived": step.waived,
        "attempts": step.dispatches.filter(role="builder").count(),
    }  # fmt: skip


def _batch(run: Run, number: int, ids: list[int], status: str) -> dict[str, Any]:
    steps = list(RunStep.objects.filter(pk__in=ids).order_by("position"))
    return {"number": number, "status": status, "steps": [{"key": s.key, "status": s.status} for s in steps]}


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


# -- prints --------------------------------------------------------------------------------------------------------


def markdown(value: Report) -> str:
    """The report as Markdown."""
    head = f"# {'INTERIM: ' if value['interim'] else ''}{value['title']}"
    return "\n".join(
        [head, "", *_summary(value), *_not_done_lines(value), *_step_lines(value), *_decision_lines(value)]
    )


def _summary(value: Report) -> list[str]:
    counts = ", ".join(f"{n} {queries.words(status)}" for status, n in value["counts"].items())
    lines = [f"Run {value['run']} of `{value['plan']}`: **{queries.words(value['status'])}**. {counts}.", ""]
    if value["scripted"]:
        lines += ["This was a rehearsal: the model was scripted. Everything else was real.", ""]
    if value["unsafe"]:
        lines += ["Commands ran WITHOUT a sandbox.", ""]
    where = f"`{value['branch']}` at `{value['head'][:12]}`"
    lines += [f"Branch {where}: {value['published']}. {value['published_detail']}".rstrip(), ""]
    return lines


def _not_done_lines(value: Report) -> list[str]:
    if not value["not_done"]:
        return []
    rows = [f"- Step {s['key']}, {s['title']}: {queries.words(s['status'])}. {s['why']}" for s in value["not_done"]]
    return ["## Not done", "", *[row.rstrip() for row in rows], ""]


def _step_lines(value: Report) -> list[str]:
    lines = ["## Steps", ""]
    for step in value["steps"]:
        commit = f", commit `{step['commit'][:12]}`" if step["commit"] else ""
        checks = f", checks {step['checks_passed']}/{len(step['checks'])}" if step["checks"] else ""
        files = f", {len(step['files'])} files" if step["files"] else ""
        lines.append(f"- Step {step['key']}, {step['title']}: {step['words']}{files}{checks}{commit}")
        lines += [f"  - advisory: {text}" for text in step["advisory"]]
    return [*lines, ""]


def _decision_lines(value: Report) -> list[str]:
    if not value["decisions"]:
        return []
    rows = [
        f"- {card['about']}: **{card['option']}** by {card['by']} ({card['via']}) {card['reason']}".rstrip()
        for card in value["decisions"]
        if card["option"]
    ]
    return ["## Decisions", "", *rows, ""]


def overview(run: Run, value: Mapping[str, Any]) -> str:
    """A run as text for a terminal."""
    lines = [f"Run {run.pk} · {run.plan} · {queries.words(run.status)}"]
    if run.scripted:
        lines.append("Rehearsal: the model is scripted, no key is used; everything else is real.")
    if run.unsafe:
        lines.append("WITHOUT a sandbox: commands of this run can reach everything you can.")
    lines += [
        f"  {_mark(step['status'])} {step['key']:>4}  {step['title']}  [{_said(step)}]" for step in value["steps"]
    ]
    if run.status == "awaiting_approval":
        lines += _approval_lines(run, value)
    for card in value["decisions"]:
        lines += _card_lines(card)
    if value["with_you"]:
        folder = value["with_you"]["worktree"] or "(being prepared)"
        lines.append(f"Step {value['with_you']['step']} is yours, in {folder}. When done: manage.py run done {run.pk}")
    if run.status == "paused":
        lines.append(f"Paused: {run.pause_reason}. Go on: manage.py run resume {run.pk}")
    return "\n".join(lines)


def _said(step: Mapping[str, Any]) -> str:
    if step["status"] == "blocked":
        return f"blocked by step {step['blocked_by']}"
    return "; ".join([queries.words(step["status"]), *step.get("warnings", [])])


_MARKS = {"passed": "✓", "already_done": "✓", "waived": "◐", "needs_decision": "!", "skipped": "»", "blocked": "×"}


def _mark(status: str) -> str:
    return _MARKS.get(status, "·")


def _approval_lines(run: Run, value: Mapping[str, Any]) -> list[str]:
    plan = run.compiled["plan"]
    lines = [
        f"{plan['done']} of {plan['total']} steps are already complete; {plan['chosen']} would run: "
        + ", ".join(_many(plan[name], name) for name in ("dispatches", "checks", "batches"))
        + ".",
    ]
    for problem in run.compiled["problems"]:
        where = f"{problem['path']}:{problem['line']}"
        lines.append(f"{where}: {problem['level']}[{problem['code']}]: {problem['message']}")
    if run.compiled["dirty"]:
        lines.append(f"Not committed, so the run does not see: {', '.join(run.compiled['dirty'])}")
    git = run.policy.get("git") or "not chosen yet: --git engine or --git user"
    lines += [
        f"Git mode: {git}",
        f"Receipt: {value['digest']}",
        f"Approve: manage.py run approve {run.pk} --git engine",
    ]
    return lines


def _many(count: int, plural: str) -> str:
    """A count with its noun: "1 batch", "3 batches"."""
    one = plural[:-2] if plural.endswith("ches") else plural[:-1]
    return f"{count} {one if count == 1 else plural}"


def _card_lines(card: Mapping[str, Any]) -> list[str]:
    lines = ["", f"DECISION {card['id']} ({card['status']}): {card['headline']}"]
    for reason in card["reasons"]:
        place = f"{reason['path']}:{reason['line']} " if reason.get("path") else ""
        lines.append(f"    {place}{reason['text']}")
    lines += [f"    to confirm: {item}" for item in card["to_confirm"]]
    lines += [f"    | {line}" for line in card["output"]]
    if card["worktree"]:
        lines.append(f"    Mend it by hand here, then choose recheck: {card['worktree']}")
    if card["clone"]:
        where, message = card["clone"]["path"], card["clone"]["message"]
        lines.append(f"    Yours to look at and commit, in {where}")
        folder = shlex.quote(where)
        # A title may hold anything: what is offered to be pasted into a shell is quoted for it.
        commit = f"git -C {folder} add -A && git -C {folder} commit -m {shlex.quote(message)}"
        lines += [f"    {commit}"] if message else []
    lines.append(f"    manage.py decide {card['id']} {'|'.join(card['options'])}")
    return lines


def drift_lines(edits: Mapping[str, Any]) -> list[str]:
    """What a person changed in the plan, as sentences."""
    words = {"added": "added", "removed": "removed", "edited": "edited"}
    lines = [f"Plan: step {key} was {word}." for name, word in words.items() for key in edits[name]]
    if edits["reordered"]:
        lines.append("Plan: the steps were put into another order.")
    return lines + [f"Warning: {text}." for text in edits["warnings"]] or [
        "Plan: its text was edited, no step changed."
    ]


def consequence_lines(effects: Mapping[str, Any]) -> list[str]:
    """What an answer does, as sentences."""
    lines = [f"Step {key}: {queries.words(a)} → {queries.words(b)}." for key, (a, b) in effects["steps"].items()]
    if "tree" in effects:
        what = ", ".join(effects["mended"]) or "nothing: the same tree, the same result is likely"
        lines.append(f"Checks tree {effects['tree'][:12]}; changed by hand: {what}.")
    lines += [f"Blocked: step {key}, through step {through}." for key, through in effects["blocked"]]
    lines += [f"Runs although its dependency is skipped: step {key}." for key in effects["waived"]]
    lines += [f"Starts: {role} of step {key}." for key, role in effects["starts"]]
    if effects["stops"]:
        lines.append(f"Stops {effects['stops']} running agents.")
    if effects["batch"] == "closed":
        lines.append("The batch ends.")
    if effects["run"]:
        lines.append(f"The run becomes: {queries.words(effects['run'])}.")
    return lines or ["Nothing else changes."]
