"""A batch as a person looks at it before going on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator import queries
from orchestrator.actions import decisions
from orchestrator.exceptions import SignalboxError
from orchestrator.models import Batch, Decision, Run, RunStep


@dataclass(frozen=True, slots=True)
class BatchView:
    """`card` is the batch's open question; `upcoming` the steps that start when it is answered with continue; `clone`
    where a person who commits themself finds the files."""

    card: Decision | None
    upcoming: Sequence[RunStep]
    clone: Mapping[str, str]


def batch_view(run: Run, batch: Batch) -> BatchView:
    open_cards = run.decisions.filter(kind="batch", status="open")
    card = next((card for card in open_cards if card.payload.get("batch") == batch.number), None)
    return BatchView(card, _upcoming(card) if card else (), queries.yours_to_commit(card) if card else {})


def _upcoming(card: Decision) -> Sequence[RunStep]:
    """What continuing would start, by the very function that would do it."""
    try:
        effects = decisions.preview(card.pk, decisions.Answer("continue"))
    except SignalboxError:
        return ()
    keys = [key for key, (_, after) in effects["steps"].items() if after in ("ready", "active", "landing")]
    return list(RunStep.objects.filter(run=card.run_id, key__in=keys).order_by("position"))
