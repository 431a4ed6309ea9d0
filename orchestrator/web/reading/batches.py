"""A batch, or a step after which a person commits, as they look at it before going on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator import queries
from orchestrator.models import Batch, Decision, Run, RunStep
from orchestrator.summaries import Summary, summary


@dataclass(frozen=True, slots=True)
class Ended:
    """`reports` are the summary's steps, each with its row; `card` is the open question; `clone` where a person who
    commits themself finds the files."""

    summary: Summary
    reports: Sequence[Mapping[str, Any]]
    card: Decision | None
    clone: Mapping[str, str]


def ended(run: Run, steps: Sequence[int], card: Decision | None) -> Ended:
    value = summary(run, steps, card)
    rows = RunStep.objects.in_bulk(list(steps))
    reports = [report | {"step": rows[report["row"]]} for report in value["steps"]]
    return Ended(value, reports, card, queries.yours_to_commit(card) if card else {})


def batch_of(run: Run, batch: Batch) -> Ended:
    """A batch with its open question, where there is one."""
    open_cards = run.decisions.filter(kind="batch", status="open").select_related("run__plan")
    card = next((card for card in open_cards if card.payload.get("batch") == batch.number), None)
    return ended(run, batch.steps, card)
