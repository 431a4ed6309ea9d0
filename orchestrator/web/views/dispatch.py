"""The dispatch plan before anything runs: choose, see what it comes to, approve exactly that."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator.actions import assigning, runs
from orchestrator.marking import marks_of
from orchestrator.models import Run
from orchestrator.rules import rules_of
from orchestrator.web.access import actor_of, runs_of, user_id
from orchestrator.web.errors import TOLD, status_of
from orchestrator.web.page import Region, show
from orchestrator.web.reading.dispatch import Choice, offer


@require_http_methods(["GET", "HEAD", "POST"])
def dispatch(request: HttpRequest, run_id: int) -> HttpResponse:
    """GET shows the plan, and with `?region=total` what the ticked choice comes to; POST approves it."""
    run = get_object_or_404(runs_of(request.user), pk=run_id)
    if request.method != "POST":
        return _page(request, run)
    choice = _choice(request, run)
    try:
        runs.approve(
            run, actor_of(request), user_id(request),
            digest=request.POST.get("digest", ""), git=choice.git, scope=choice.scope,
        )  # fmt: skip
    except TOLD as error:
        if _mine_already(request, run):
            return redirect("run", run_id)
        run = get_object_or_404(runs_of(request.user), pk=run_id)
        return _page(request, run, status=status_of(error), error=str(error))
    return redirect("run", run_id)


@require_POST
def assign(request: HttpRequest, run_id: int, key: str) -> HttpResponse:
    """Let another agent build a step. What was ticked meanwhile stays so."""
    run = get_object_or_404(runs_of(request.user), pk=run_id)
    assigning.assign(run, key, request.POST.get(f"agent-{key}", ""), actor_of(request))
    kept = [(name, value) for name in ("ticks", "git", "step") for value in request.POST.getlist(name)]
    return redirect(f"{reverse('dispatch', args=[run_id])}?{urlencode(kept)}")


def _mine_already(request: HttpRequest, run: Run) -> bool:
    """Whether the same person sent the same approval before: a second press is no error."""
    given = request.POST.get("digest", "")
    return bool(given) and run.receipts.filter(digest=given, approved_by=user_id(request)).exists()


def _choice(request: HttpRequest, run: Run) -> Choice:
    data = request.POST if request.method == "POST" else request.GET
    ticked = data.getlist("step") if "ticks" in data else None
    return Choice.of(run, ticked, data.get("git", ""))


def _page(request: HttpRequest, run: Run, status: int = 200, **more: Any) -> HttpResponse:
    found = offer(run, _choice(request, run))
    regions = {"total": Region("dispatch/_total.html", lambda: {"offer": found}, on=())}
    return show(
        request, "dispatch.html", regions,
        status=status, run=run, offer=found, policy=run.policy, marks=marks_of(run),
        rules=rules_of(run), **more,
    )  # fmt: skip
