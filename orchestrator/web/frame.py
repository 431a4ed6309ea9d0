"""What stands around every page: how much needs a person, and the answers that can still be taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from orchestrator import queries
from orchestrator.actions.offers import label
from orchestrator.engine.states import OPEN_DECISION
from orchestrator.models import Decision, Dispatch
from orchestrator.presence import hindrances
from orchestrator.web.access import decisions_of, runs_of

THEMES = ("system", "light", "dark")


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context processor of every page."""
    theme = request.COOKIES.get("theme", "system")
    return {
        "theme": theme if theme in THEMES else "system",
        "keys_off": request.COOKIES.get("keys") == "off",
        "around": SimpleLazyObject(lambda: around(request.user)),
    }


def around(user: Any) -> dict[str, Any]:
    """`needs`: what waits for a person; `armed`: answers that apply in a few seconds; `hindrances`: why nothing new
    starts."""
    runs = runs_of(user).values("pk")
    cards = decisions_of(user).filter(status__in=sorted(OPEN_DECISION)).order_by("id")
    armed = [card for card in cards if card.status == "armed"]
    handed = Dispatch.objects.filter(run__in=runs, status="with_person").count()
    approvals = runs_of(user).filter(status="awaiting_approval").count()
    needs = len(cards) - len(armed) + handed + approvals
    return {"needs": needs, "armed": [_armed(card) for card in armed], "hindrances": hindrances()}


def _armed(card: Decision) -> dict[str, Any]:
    about = [f"step {step.key}" for step in queries.subjects(card)] or [f"run {card.run_id}"]
    return {"card": card, "label": label(card.option), "about": ", ".join(about)}


@require_safe
def show_frame(request: HttpRequest) -> HttpResponse:
    """The same, as the fragment that the page fetches on news."""
    response = render(request, "_frame.html")
    response["Cache-Control"] = "private, no-cache"
    return response
