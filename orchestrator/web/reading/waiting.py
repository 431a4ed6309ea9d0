"""The inbox: everything that waits for a person, what holds up most first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from orchestrator import queries
from orchestrator.actions.offers import label
from orchestrator.engine.options import FAILURES
from orchestrator.engine.states import OPEN_DECISION
from orchestrator.models import Decision, Dispatch, Run
from orchestrator.web.access import decisions_of, runs_of
from orchestrator.web.reading.graph import held_by
from orchestrator.web.reading.signs import card_icon


@dataclass(frozen=True, slots=True)
class Waiting:
    """One row. `holds` counts the steps that cannot start before; `armed` is the answer that is about to apply."""

    id: str
    url: str
    run: Run
    icon: str
    what: str
    title: str
    reason: str
    since: datetime
    holds: int
    severity: int
    armed: str = ""

    @property
    def rank(self) -> float:
        return self.severity * (1 + self.holds) * (1 + (timezone.now() - self.since).total_seconds() / 60)


def waiting(user: Any) -> list[Waiting]:
    """The rows of the inbox, by rank: blocked work × age × severity."""
    runs = runs_of(user).filter(status="awaiting_approval")
    cards = decisions_of(user).filter(status__in=sorted(OPEN_DECISION))
    handed = Dispatch.objects.filter(run__in=runs_of(user), status="with_person")
    handed = handed.select_related("run__project", "run__plan", "step")
    rows = [*map(_approval, runs), *map(_card, cards), *map(_handed, handed)]
    return sorted(rows, key=lambda row: (bool(row.armed), -row.rank))


def _approval(run: Run) -> Waiting:
    plan = run.compiled["plan"]
    reason = f"{plan['chosen']} of {plan['total']} steps, {plan['dispatches']} dispatches, {plan['checks']} checks"
    url = reverse("dispatch", args=[run.pk])
    return Waiting(
        f"run-{run.pk}", url, run, "clipboard-check", "dispatch plan", "Approve the dispatch plan", reason,
        run.created_at, plan["chosen"], 1,
    )  # fmt: skip


def _card(card: Decision) -> Waiting:
    steps = queries.subjects(card)
    reasons = card.payload.get("reasons", [])
    title = f"Step {steps[0].key} · {steps[0].title}" if steps else str(card.run.plan)
    return Waiting(
        f"decision-{card.pk}", reverse("decision", args=[card.pk]), card.run, card_icon(card.kind),
        queries.title_of(card), title, reasons[0]["text"] if reasons else "", card.opened_at,
        len(held_by(card.run_id, card.subjects)), 3 if card.kind in FAILURES else 2,
        label(card.option) if card.status == "armed" else "",
    )  # fmt: skip


def _handed(dispatch: Dispatch) -> Waiting:
    step = dispatch.step
    return Waiting(
        f"dispatch-{dispatch.pk}", reverse("step", args=[dispatch.run_id, step.key]), dispatch.run, "user",
        "yours to do", f"Step {step.key} · {step.title}", "Do it in its worktree, then hand it in.",
        dispatch.started_at or dispatch.created_at, len(held_by(dispatch.run_id, [step.pk])), 2,
    )  # fmt: skip
