"""How a dispatch ends: what came back, or what went wrong around it, as events of its row."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from django.db import DatabaseError

from agents.redaction import redacted
from agents.texts import throughout
from agents.types import Cancelled, Failed, NeedsDecision, Outcome, RateLimited, TimedOut
from orchestrator.engine import findings, screening, shortage
from orchestrator.engine.fire import fire
from orchestrator.engine.judge import Judgement
from orchestrator.engine.rows import DispatchRow
from orchestrator.engine.transitions import Change
from orchestrator.models import Dispatch, RunStep

LONGEST_WAIT_SECONDS = 900.0
"""After which a model's server that asked for patience is asked again, whatever it said."""

LONGEST_PAUSE_SECONDS = 60.0
_LIMIT = {"total": "in all", "idle": "without a word"}


def without_secrets(outcome: Outcome) -> Outcome:
    """The outcome, without the secrets that its texts hold."""
    texts = {name: getattr(outcome, name) for name in ("report", "detail", "question") if hasattr(outcome, name)}
    return replace(outcome, **{name: throughout(redacted, text) for name, text in texts.items()})


def reported(unit: Change, dispatch: Dispatch, judged: Judgement) -> None:
    """A report came, and was held against the work."""
    fire(unit.board, DispatchRow, dispatch.pk, "reported", **judged.verdict)
    if dispatch.role in ("builder", "reviewer"):
        mine = dispatch.role == "builder"
        findings.keep(unit.board, dispatch.step_id, judged.findings, dispatch.round, guards=mine)
    if dispatch.role == "builder":
        findings.dispute(unit.board, dispatch, judged.step["summary"])
    if judged.step:
        unit.set(RunStep, dispatch.step_id, **judged.step)
    unit.set(Dispatch, dispatch.pk, claims=screening.stored(judged.claims))


def without_report(unit: Change, dispatch: Dispatch, outcome: Outcome, stop: str) -> None:
    """It ended otherwise; `stop` says who wanted that, "" for nobody."""
    lacking = shortage.met(outcome.detail) if isinstance(outcome, Failed) else None
    for event, args in _events_of(Cancelled() if lacking else outcome, stop):
        fire(unit.board, DispatchRow, dispatch.pk, event, **args)
    unit.set(Dispatch, dispatch.pk, detail=getattr(outcome, "detail", ""))


def around(unit: Change, row: DispatchRow, error: Exception) -> None:
    """Something around the agent failed: back to the queue for a while, five times, then a person is told. What the
    host or the database lacked is nobody's failure and counts for nothing."""
    nobodys = shortage.met(error) or isinstance(error, DatabaseError)
    reasons = [{"text": str(error)}]
    if nobodys and row.status != "stopping":
        fire(unit.board, DispatchRow, row.id, "handed_over", reasons=reasons)
    elif row.status == "preparing":
        due = time.time() + min(LONGEST_PAUSE_SECONDS, 2.0**row.infra)
        fire(unit.board, DispatchRow, row.id, "infra", due=due, reasons=reasons)
    elif row.status == "running":
        fire(unit.board, DispatchRow, row.id, "errored", reasons=reasons)
    else:
        fire(unit.board, DispatchRow, row.id, "stopped", reasons=reasons)
    unit.set(Dispatch, row.id, detail=str(error))


def _events_of(outcome: Outcome, stop: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a dispatch that ended without a report."""
    match outcome:
        case Failed(kind, detail):
            return [("errored", {"reasons": [{"text": detail, "failure": kind}]})]
        case TimedOut(which, seconds):
            text = f"It was stopped at its limit of {seconds:.0f} s {_LIMIT.get(which, which)}."
            return [("limit", {}), ("stopped", {"reasons": [{"text": text}]})]
        case RateLimited(after, detail):
            return [("limited", {"due": time.time() + min(after, LONGEST_WAIT_SECONDS), "detail": detail})]
        case NeedsDecision(_, question):
            return [("asked", {"reasons": [{"text": question}]})]
        case _:
            return [("pause_now" if stop == "park" else "handed_over", {})]
