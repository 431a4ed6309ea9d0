"""Answering a card: decide, undo, apply at once."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from orchestrator.actions import drift
from orchestrator.actions.answers import Along, Answer, along, answered_for, complete, offered
from orchestrator.actions.consequences import tell
from orchestrator.engine import handover
from orchestrator.engine.effects import consequences
from orchestrator.engine.fire import fire
from orchestrator.engine.receipt import digest
from orchestrator.engine.rows import DecisionRow
from orchestrator.engine.snapshot import snapshot
from orchestrator.engine.transitions import Actor, Change, change, retried
from orchestrator.exceptions import IllegalTransition, PersonError, StaleDecision
from orchestrator.models import Decision, Line, Receipt, Run, RunStep


@dataclass(frozen=True, slots=True)
class Answered:
    """`due` is the second of the clock at which an armed answer applies; 0.0 when it has applied already."""

    status: str
    due: float
    effects: dict[str, Any] = field(default_factory=dict)


def decide(decision_id: int, answer: Answer, actor: Actor, user_id: int) -> Answered:
    """Answer an open card. The first answer wins; a second gets StaleDecision with who decided what."""
    return retried(lambda: _decide(decision_id, answer, actor, user_id))


def _decide(decision_id: int, answer: Answer, actor: Actor, user_id: int) -> Answered:
    decision = find(decision_id)
    _still_open(decision.status, decision.version, decision, answer)
    complete(decision, answer)
    taken = along(decision, answer)
    answered_for(decision, answer, taken)
    if answer.option == "continue":
        _adopt_edits(decision, actor, user_id)
    with change(decision.run_id, actor) as unit:
        row = unit.board.get(DecisionRow, decision_id)
        _still_open(row.status, row.version, decision, answer)
        args = _arguments(unit, row, answer)
        effects = _effects(unit, decision, answer, args, taken)
        shown = digest(effects)
        if answer.preview and answer.preview != shown:
            raise StaleDecision("What this answer would do has changed since you read it. Look at the card again.")
        due = 0.0 if answer.at_once else time.time() + settings.ARM_SECONDS
        # A preview that was not shown is stored all the same: the record says what the answer did.
        fire(unit.board, DecisionRow, row.id, "decided", due=due, preview=shown, **args, at_once=answer.at_once)
        unit.set(
            Decision, row.id, preview=effects, preview_sha256=shown, reason=answer.reason,
            instructions=answer.instructions, decided_by_id=user_id, via=actor.via,
        )  # fmt: skip
        _record(unit, decision, taken, actor, user_id)
    status = Decision.objects.values_list("status", flat=True).get(pk=decision_id)
    return Answered(status, due if status == "armed" else 0.0, effects)


def _record(unit: Change, decision: Decision, taken: Along, actor: Actor, user_id: int) -> None:
    """What an answer leaves beside its card: the mended work, the approval of what had changed, who said of which item
    whether it holds."""
    if taken.by_hand is not None:
        unit.set(RunStep, taken.by_hand.step, work_oid=taken.by_hand.commit, proofs={})
    if taken.approved is not None:
        tree = taken.approved
        Receipt.objects.create(
            run_id=decision.run_id, digest=tree.digest, leaves=tree.leaves, approved_by_id=user_id, via=actor.via
        )
    if taken.verdicts:
        step = RunStep.objects.get(pk=decision.subjects[0])
        said = {str(index): {"person": actor.name, "holds": holds} for index, holds in taken.verdicts.items()}
        unit.set(RunStep, step.pk, proofs=step.proofs | said)


def preview(decision_id: int, answer: Answer) -> dict[str, Any]:
    """What an answer would do, by the very function that would do it; nothing is stored."""
    decision = find(decision_id)
    offered(decision, answer.option)
    board = snapshot(decision.run_id)
    row = board.get(DecisionRow, decision_id)
    _still_open(row.status, row.version, decision, answer)
    unit = Change(decision.run_id, board, Actor("preview", "preview"))
    return _effects(unit, decision, answer, _arguments(unit, row, answer), along(decision, answer))


def _effects(unit: Change, decision: Decision, answer: Answer, args: dict[str, Any], taken: Along) -> dict[str, Any]:
    """The consequences with what the answer takes along, and in the words in which they are shown."""
    found = consequences(unit.board, decision.pk, answer.option, args) | dict(taken.facts)
    return found | tell(decision, answer.option, found)


def undo(decision_id: int, actor: Actor) -> None:
    """Take back an armed answer while it has not applied."""
    decision = find(decision_id)
    with change(decision.run_id, actor) as unit:
        try:
            fire(unit.board, DecisionRow, decision_id, "undone")
        except IllegalTransition:
            raise PersonError("This answer can no longer be taken back: it has been applied.") from None
        unit.set(Decision, decision_id, decided_by_id=None, via="", reason="")


def apply_now(decision_id: int, actor: Actor) -> None:
    """Let an armed answer apply without waiting for its time."""
    decision = find(decision_id)
    with change(decision.run_id, actor) as unit:
        try:
            fire(unit.board, DecisionRow, decision_id, "due")
        except IllegalTransition:
            raise PersonError("There is no answer waiting on this card.") from None


def _adopt_edits(decision: Decision, actor: Actor, user_id: int) -> None:
    """Answering the card that ends a pause approves the edits that were made to the plan during it (B16)."""
    run = Run.objects.select_related("project", "plan", "revision").get(pk=decision.run_id)
    for line in Line.objects.filter(run=run).exclude(clone=""):
        handover.take_back(line)
    edits = drift.find(run) if decision.status == "open" else None
    if edits is not None:
        drift.adopt(run, edits, actor, user_id)


def find(decision_id: int) -> Decision:
    """The card of this number. Raises PersonError."""
    found = Decision.objects.filter(pk=decision_id).first()
    if found is None:
        raise PersonError(f"There is no decision {decision_id}. The inbox lists the open ones.")
    return found


def _still_open(status: str, version: int, decision: Decision, answer: Answer) -> None:
    if status != "open":
        who = decision.decided_by.get_username() if decision.decided_by else "the engine"
        what = decision.option or status
        raise StaleDecision(f"This card was already answered: {who} chose '{what}'.")
    if answer.version is not None and answer.version != version:
        raise StaleDecision("This card has changed since you read it: a further reason has joined. Look again.")


def _arguments(unit: Change, row: DecisionRow, answer: Answer) -> dict[str, Any]:
    args: dict[str, Any] = {"option": answer.option}
    if answer.run_anyway:
        keys = {step.key: step.id for step in unit.board.steps_by_key(answer.run_anyway)}
        missing = [key for key in answer.run_anyway if key not in keys]
        if missing:
            raise PersonError(f"There is no step {', '.join(missing)} in this run.")
        args["run_anyway"] = sorted(keys.values())
    if answer.option == "rebuild":
        args["base"] = answer.base
    return args


__all__ = ["Answer", "Answered", "apply_now", "decide", "find", "preview", "undo"]
