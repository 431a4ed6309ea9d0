"""The decision card: read it, see what each option would do, answer it, take the answer back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator import queries
from orchestrator.actions import decisions as actions
from orchestrator.actions.offers import label, offers_of
from orchestrator.models import Decision
from orchestrator.presence import worker_is_alive
from orchestrator.web.access import actor_of, decisions_of, seq_of, user_id
from orchestrator.web.errors import TOLD, status_of
from orchestrator.web.page import Region, show
from orchestrator.web.reading import cards, graph
from orchestrator.web.reading.previews import brief_of, preview_of
from orchestrator.web.reading.steps import against_last_round


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, decision_id: int) -> HttpResponse:
    """GET shows the card, POST answers it."""
    card = _card(request, decision_id)
    if request.method != "POST":
        return _page(request, card)
    try:
        actions.decide(card.pk, _answer(request), actor_of(request), user_id(request))
    except TOLD as error:
        card = _card(request, decision_id)
        if card.decided_by_id == user_id(request) and card.option == request.POST.get("option"):
            return redirect("decision", decision_id)  # the same form, sent twice
        return _page(request, card, status=status_of(error), error=str(error), given=request.POST)
    return redirect("decision", decision_id)


@require_safe
def preview(request: HttpRequest, decision_id: int) -> HttpResponse:
    """What an option would do. Nothing is stored."""
    card = _card(request, decision_id)
    answer = _answer(request)
    try:
        effects = actions.preview(card.pk, answer)
    except TOLD as error:
        return render(request, "decision/_preview.html", {"problem": str(error), "option": answer.option})
    subjects = [step.key for step in queries.subjects(card)]
    shown = preview_of(card, answer.option, effects)
    values = {"preview": shown, "card": card, "answer": answer, "subjects": subjects}
    if answer.option in ("skip", "defer"):
        values["dependents"] = graph.direct_dependents(card.run_id, card.subjects)
    if answer.option == "rebuild":
        values["brief"] = brief_of(queries.subjects(card)[0], answer.instructions)
    return render(request, "decision/_preview.html", values)


@require_POST
def undo(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Take an armed answer back."""
    actions.undo(_card(request, decision_id).pk, actor_of(request))
    return _back(request, decision_id)


@require_POST
def now(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Let an armed answer apply at once."""
    actions.apply_now(_card(request, decision_id).pk, actor_of(request))
    return _back(request, decision_id)


def _back(request: HttpRequest, decision_id: int) -> HttpResponse:
    """To the page the button stood on."""
    back = request.POST.get("back", "")
    if back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("decision", decision_id)


def _answer(request: HttpRequest) -> actions.Answer:
    data = request.POST if request.method == "POST" else request.GET
    version = data.get("version", "")
    return actions.Answer(
        option=data.get("option", ""),
        reason=data.get("reason", "").strip(),
        instructions=data.get("instructions", "").strip(),
        version=int(version) if version.isdecimal() else None,
        preview=data.get("preview", "") if request.method == "POST" else "",
        run_anyway=tuple(data.getlist("run_anyway")),
        base="fresh" if data.get("base") == "fresh" else "attempt",
        items=_items(data),
    )


def _items(data: QueryDict) -> dict[int, bool]:
    """What was said of each item to confirm, by its number."""
    said = {name.removeprefix("item-"): value for name, value in data.items() if name.startswith("item-")}
    return {int(number): value == "holds" for number, value in said.items() if number.isdecimal()}


def _page(request: HttpRequest, card: Decision, status: int = 200, **more: Any) -> HttpResponse:
    case = cards.case_of(card)
    found = cards.sections(case)
    on = (f"decision:{card.pk}",)
    status_now = Region("decision/_status.html", lambda: _status(request, card.pk), on, shown=str(card.version))
    regions = {"status": status_now}
    values = {
        "card": card, "case": case, "run": card.run, "step": case.step, "seq": seq_of(card),
        "title": queries.title_of(card),
        "reasons": cards.reasons(case),
        "against": against_last_round(case.step) if case.step else None,
        "first": found[:1], "more": found[1:],
        "held": graph.held_by(card.run_id, card.subjects),
        "options": offers_of(card),
        "worktree": queries.held_worktree(card) if "recheck" in card.options else "",
        "items": queries.to_confirm(card),
        "instructions": cards.instructions_for(case),
        "shown_version": card.version,
    }  # fmt: skip
    return show(request, "decision.html", regions, status=status, **(values | more))


def _status(request: HttpRequest, decision_id: int) -> dict[str, Any]:
    """How the card stands now: open, armed with the time that is left, or answered by whom."""
    card = _card(request, decision_id)
    read = request.GET.get("shown", str(card.version))
    values = {"card": card, "label": label(card.option), "stored": _stored(card), "read": read}
    return {**values, "worker": worker_is_alive()}


def _stored(card: Decision) -> Any:
    if not card.preview or card.status == "open":
        return None
    return preview_of(card, card.option, card.preview)


def _card(request: HttpRequest, decision_id: int) -> Decision:
    return get_object_or_404(decisions_of(request.user), pk=decision_id)
