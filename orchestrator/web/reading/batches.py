"""A batch as a person looks at it before going on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.actions import decisions
from orchestrator.exceptions import SignalboxError
from orchestrator.models import Batch, Decision, Run, RunStep


@dataclass(frozen=True, slots=True)
class BatchView:
    """`card` is the batch's open question; `upcoming` the steps that start when it is answered with continue."""

    card: Decision | None
    upcoming: Sequence[RunStep]
    line_head: str


def batch_view(run: Run, batch: Batch) -> BatchView:
    open_cards = run.decisions.filter(kind="batch", status="open")
    card = next((card for card in open_cards if card.payload.get("batch") == batch.number), None)
    line = run.lines.first()
    return BatchView(card, _upcoming(card) if card else (), line.head_oid if line else "")


def _upcoming(card: Decision) -> Sequence[RunStep]:
    """What continuing would start, by the very function that would do it."""
    try:
        effects = decisions.preview(card.pk, decisions.Answer("continue"))
    except SignalboxError:
        return ()
    keys = [key for key, (_, after) in effects["steps"].items() if after in ("ready", "active", "landing")]
    return list(RunStep.objects.filter(run=card.run_id, key__in=keys).order_by("position"))
