"""What pages and commands read. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.engine.items import items_of, open_items
from orchestrator.engine.states import OPEN_DECISION, RUN_WORKS
from orchestrator.models import Candidate, Decision, Dispatch, Event, Run, RunHead, RunStep, Workspace
from orchestrator.presence import hindrances, worker_is_alive

SHOWN: Mapping[str, str] = {
    "awaiting_approval": "waiting for approval",
    "finished_with_gaps": "finished with gaps",
    "needs_decision": "needs a decision",
    "already_done": "already complete",
    "out_of_scope": "out of scope",
    "with_person": "with a person",
    "rate_limited": "rate limited",
    "timed_out": "timed out",
    "not_new": "failed, nothing new",
    "not_applicable": "does not apply",
    "unmeasured": "could not be measured",
}
"""Statuses whose shown words differ from their name."""


PUBLISHED: Mapping[str, str] = {
    "none": "not published",
    "behind": "about to be published",
    "published": "published",
    "refused": "not published",
}
"""Where a line stands towards the person's repository, as a person reads it."""


def words(status: str) -> str:
    """A status as a person reads it."""
    return SHOWN.get(status, status.replace("_", " "))


def many(count: int, noun: str) -> str:
    """A count with its noun: "1 batch", "3 files"."""
    plural = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


STAGE_WORDS = {"build": "building", "review": "reviewing", "prove": "naming proofs", "verify": "verifying"}


def step_words(step: RunStep) -> str:
    """What a step is doing, as a person reads it."""
    if step.status == "active":
        return STAGE_WORDS[step.stage]
    if step.status == "landing":
        return "verifying"
    if step.status == "skipped":
        return "skipped, not complete"
    if step.status == "blocked":
        return f"blocked by step {step.blocked_by}"
    return words(step.status)


def inbox() -> list[dict[str, Any]]:
    """Everything that waits for a person, oldest first: dispatch plans, cards, steps that a person does."""
    rows: list[dict[str, Any]] = []
    for run in Run.objects.filter(status="awaiting_approval").select_related("plan", "project"):
        rows.append(_row("approval", run, run.created_at, f"The dispatch plan of {run.plan} waits for approval."))
    cards = Decision.objects.filter(status__in=sorted(OPEN_DECISION)).select_related("run__plan", "run__project")
    for card in cards:
        rows.append(_row("decision", card.run, card.opened_at, headline(card), id=card.pk, kind=card.kind))
    handed = Dispatch.objects.filter(status="with_person").select_related("run__plan", "run__project", "step")
    for dispatch in handed:
        text = f"Step {dispatch.step.key}: {dispatch.step.title} is yours to do."
        since = dispatch.started_at or dispatch.created_at
        rows.append(_row("step", dispatch.run, since, text, step=dispatch.step.key))
    return sorted(rows, key=lambda row: row["since"])


def _row(what: str, run: Run, since: Any, text: str, **more: Any) -> dict[str, Any]:
    base = {"what": what, "run": run.pk, "project": run.project.name, "plan": str(run.plan)}
    return base | {"since": since, "text": text} | more


CARD_TITLES = {
    "review": "review blocked",
    "check": "check failed",
    "claim": "claim does not hold",
    "guard": "refused by a guard",
    "agent_failed": "agent failed",
    "timeout": "timed out",
    "lost": "worker lost",
    "conflict": "conflicts with what has landed",
    "stale": "branch kept moving",
    "returned": "given back",
    "unproven": "items to confirm",
    "question": "question from the agent",
    "receipt": "approval no longer holds",
    "base": "base lacks what it needs",
    "setup": "setup failed",
    "new_setup": "new setup to allow",
    "batch": "batch ended",
    "step": "step ended",
    "drift": "plan was edited",
}


def told_as(card: Decision) -> str:
    """The kind in whose words a card is told: one of guards is about a claim only where the report does not hold."""
    guards = {reason.get("guard") for reason in card.payload.get("reasons", [])}
    return "guard" if card.kind == "claim" and guards and not guards & {"phantom", None} else card.kind


def title_of(card: Decision) -> str:
    """What kind of question a card is, in words."""
    return CARD_TITLES.get(told_as(card), card.kind)


def about(card: Decision) -> str:
    """What a card is about, without its reason."""
    title = title_of(card)
    steps = subjects(card)
    return f"Step {steps[0].key} · {steps[0].title} · {title}" if steps else f"{card.run.plan} · {title}"


def headline(card: Decision) -> str:
    """One line that says what a card is about, and why."""
    reasons = card.payload.get("reasons", [])
    return about(card) + (f": {reasons[0]['text']}" if reasons and reasons[0]["text"] else "")


def ended_steps(card: Decision) -> list[int]:
    """The steps whose end a card is about: a batch's, or the one after which a person commits; none for others."""
    if card.kind == "batch":
        batch = card.run.batch_rows.filter(number=card.payload.get("batch")).first()
        return list(batch.steps) if batch else []
    if card.kind == "step":
        return list(card.run.steps.filter(key=card.payload.get("step")).values_list("pk", flat=True))
    return []


def subjects(card: Decision) -> list[RunStep]:
    """The steps a card is about; none when it is about the run itself."""
    return list(RunStep.objects.filter(pk__in=card.subjects).order_by("position"))


def run_as_dict(run: Run) -> dict[str, Any]:
    """A run with its steps, cards and branch, JSON-serialisable; docs/cli.md names its parts."""
    line = run.lines.first()
    return {
        "run": run.pk,
        "project": run.project.name,
        "plan": run.plan.path,
        "status": run.status,
        "pause_reason": run.pause_reason,
        "git": run.policy.get("git", ""),
        "runner": run.policy.get("runners", {}).get("builder", ""),
        "scripted": run.scripted,
        "unsafe": run.unsafe,
        "from": {"branch": run.base_branch, "oid": run.start_oid},
        "branch": run.branch,
        "clone": line.clone if line else "",
        "published": {
            "state": line.publish_state, "oid": line.published_oid, "detail": line.publish_detail
        } if line else None,
        "steps": _steps(run),
        "decisions": [card_as_dict(card) for card in run.decisions.filter(status__in=sorted(OPEN_DECISION))],
        "with_you": _with_you(run),
        "hindrances": hindrances() if run.status in RUN_WORKS else [],
        "needs_person": needs_person(run),
        "worker_alive": worker_is_alive(),
    }  # fmt: skip


def needs_person(run: Run) -> bool:
    """Whether nothing will happen until a person acts. An armed answer still moves by itself, and a step whose
    worktree is being made is not a person's yet."""
    if run.status in ("awaiting_approval", "draft", "paused"):
        return True
    handed = Workspace.objects.filter(run=run, dispatch__status="with_person", status__in=("live", "held"))
    return run.decisions.filter(status="open").exists() or handed.exclude(path=None).exists()


def _steps(run: Run) -> list[dict[str, Any]]:
    """The run's steps; before approval those of the dispatch plan. `commands` are those their checks run."""
    contents = {step.key: step.content for step in run.revision.steps()}
    steps = [step_as_dict(step) for step in run.steps.order_by("position")]
    planned = run.compiled.get("plan", {}).get("steps", [])
    steps = steps or [
        {
            "key": s["key"],
            "title": s["title"],
            "status": s["start"],
            "warnings": s["warnings"],
            "builder": s["builder"],
            "because": s["because"],
        }
        for s in planned
    ]
    return [step | {"commands": _commands(contents.get(step["key"], {}))} for step in steps]


def _commands(content: Mapping[str, Any]) -> list[str]:
    return [check["command"] for check in content.get("checks", []) if check["command"]]


def step_as_dict(step: RunStep) -> dict[str, Any]:
    return {
        "key": step.key,
        "title": step.title,
        "group": step.group,
        "status": step.status,
        "stage": step.stage,
        "round": step.round,
        "blocked_by": step.blocked_by,
        "commit": step.landed_oid,
    }


def card_as_dict(card: Decision) -> dict[str, Any]:
    return {
        "id": card.pk,
        "kind": card.kind,
        "status": card.status,
        "version": card.version,
        "headline": headline(card),
        "reasons": card.payload.get("reasons", []),
        "options": card.options,
        "option": card.option,
        "steps": [step.key for step in subjects(card)],
        "worktree": held_worktree(card) if "recheck" in card.options else "",
        "clone": yours_to_commit(card),
        "to_confirm": to_confirm(card),
        "output": failed_output(card),
    }


def held_worktree(card: Decision) -> str:
    """The folder in which a person can mend the work of a card's step by hand, or ""."""
    held = (
        Workspace.objects.filter(step__in=card.subjects, status="held", dispatch__role="builder")
        .exclude(path=None)
        .order_by("-id")
        .first()
    )
    return (held.path or "") if held else ""


def to_confirm(card: Decision) -> list[str]:
    """The verification items that a card asks a person to confirm, in the plan's words."""
    if card.kind != "unproven":
        return []
    return [
        items_of(step)[index]["text"]
        for step in subjects(card)
        for index in open_items(step)
        if str(index) not in step.proofs
    ]


def failed_output(card: Decision, lines: int = 20) -> list[str]:
    """The last lines that the first failed check of a card printed."""
    positions = [reason["check"] for reason in card.payload.get("reasons", []) if "check" in reason]
    candidate = latest_candidate(subjects(card)[0]) if positions and card.subjects else None
    check = candidate.checks.filter(position=positions[0]).first() if candidate else None
    return check.output.rstrip().splitlines()[-lines:] if check else []


def yours_to_commit(card: Decision) -> dict[str, str]:
    """In user-managed mode, where a passed step's files are and a message for them; else empty."""
    line = card.run.lines.exclude(clone="").first()
    if line is None or card.kind not in ("step", "batch"):
        return {}
    step = card.run.steps.filter(key=card.payload.get("step", "")).first()
    candidate = latest_candidate(step) if step else None
    return {"path": line.clone, "message": candidate.message.strip() if candidate else ""}


def _with_you(run: Run) -> dict[str, Any] | None:
    dispatch = Dispatch.objects.filter(run=run, status="with_person").select_related("step").first()
    if dispatch is None:
        return None
    workspace = dispatch.workspaces.filter(status__in=("live", "held")).first()
    return {"step": dispatch.step.key, "worktree": workspace.path if workspace else None, "brief": dispatch.brief}


def stands_at(run_id: int) -> int:
    """The number of a run's last event."""
    return RunHead.objects.filter(chain=run_id).values_list("seq", flat=True).first() or 0


def events_since(run_id: int, seq: int, limit: int = 500) -> list[Event]:
    """Events of a run after `seq`, in order."""
    return list(Event.objects.filter(chain=run_id, seq__gt=seq).order_by("seq")[:limit])


def latest_candidate(step: RunStep) -> Candidate | None:
    """The newest try at landing a step."""
    return step.candidates.order_by("-id").first()
