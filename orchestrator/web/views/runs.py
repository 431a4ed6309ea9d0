"""The inbox, the runs, one run with its batches and its report, and what a person may do to a run."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import condition, require_http_methods, require_POST, require_safe

from orchestrator import reports
from orchestrator.actions import git_mode, outbox
from orchestrator.actions import runs as actions
from orchestrator.engine.states import LIVE_DISPATCH, RUN_WORKS
from orchestrator.markdown import markdown
from orchestrator.models import Run
from orchestrator.presence import worker_is_alive
from orchestrator.web.access import actor_of, runs_of, user_id
from orchestrator.web.errors import TOLD, status_of
from orchestrator.web.news import regions_since, stamp_of
from orchestrator.web.page import Region, show
from orchestrator.web.reading.batches import batch_of
from orchestrator.web.reading.plans import edits_of
from orchestrator.web.reading.runs import figures, open_cards, run_rows, step_groups
from orchestrator.web.reading.timeline import timeline
from orchestrator.web.reading.waiting import waiting

HEAD_ON = ("run", "step", "batch", "line", "decision", "workspace")
"""What the head of a run page speaks of; workspaces, because it names the folder of a step that a person does."""


@require_safe
@condition(etag_func=stamp_of)
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything that waits for the person."""
    regions = {"waiting": Region("inbox/_waiting.html", lambda: _inbox(request), hold=True)}
    return show(request, "inbox.html", regions)


def _inbox(request: HttpRequest) -> dict[str, object]:
    mine = runs_of(request.user)
    going = mine.filter(status__in=sorted(RUN_WORKS))
    return {"rows": waiting(request.user), "going": going, "any": mine.exists(), "worker": worker_is_alive()}


@require_safe
@condition(etag_func=stamp_of)
def runs(request: HttpRequest) -> HttpResponse:
    """A bounded list, newest first."""
    before = _number(request, "before")
    regions = {"runs": Region("runs/_rows.html", lambda: _runs(request, before), hold=True)}
    return show(request, "runs.html", regions, before=before)


def _runs(request: HttpRequest, before: int | None) -> dict[str, object]:
    rows, older = run_rows(runs_of(request.user), before)
    return {"rows": rows, "older": older, "worker": worker_is_alive()}


@require_safe
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One run: its head, its steps by state, its events."""
    found = _run(request, run_id)
    full = request.GET.get("events") == "full"
    regions = {
        "head": Region("run/_head.html", lambda: _head(found), HEAD_ON),
        "needs": Region("run/_needs.html", lambda: {"cards": open_cards(found)}, ("decision", "step")),
        "steps": Region("run/_steps.html", lambda: {"groups": step_groups(found)}, ("step", "dispatch", "candidate")),
        "events": Region("run/_events.html", lambda: _events(request, found, full), ("events",)),
    }
    return show(request, "run.html", regions, run=found, full=full)


def _head(found: Run) -> dict[str, object]:
    edits = edits_of(found) if found.status == "paused" else []
    return {**figures(found), "worker": worker_is_alive(), "edits": edits}


def _events(request: HttpRequest, found: Run, full: bool) -> dict[str, object]:
    entries, older = timeline(found.pk, full=full, before=_number(request, "before"))
    return {"entries": entries, "older": older}


@require_safe
def changes(request: HttpRequest, run_id: int) -> HttpResponse:
    """`{seq, regions}` since a number: what a page of this run has to fetch anew."""
    found = _run(request, run_id)
    response = JsonResponse(regions_since(found.pk, _number(request, "since") or 0))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def pause(request: HttpRequest, run_id: int) -> HttpResponse:
    after = request.POST.get("after", "now")
    if after not in ("now", "step", "batch"):
        raise Http404
    actions.pause(_run(request, run_id), actor_of(request), after)
    return redirect("run", run_id)


@require_POST
def resume(request: HttpRequest, run_id: int) -> HttpResponse:
    actions.resume(_run(request, run_id), actor_of(request), user_id(request))
    return redirect("run", run_id)


@require_POST
def switch_git(request: HttpRequest, run_id: int) -> HttpResponse:
    """From the next step on, let the other one commit."""
    found = _run(request, run_id)
    git_mode.switch(
        found, "user" if found.policy.get("git") == "engine" else "engine", actor_of(request), user_id(request)
    )
    return redirect("run", run_id)


@require_POST
def publish(request: HttpRequest, run_id: int) -> HttpResponse:
    """Try again to publish a branch that was refused."""
    outbox.publish_again(_run(request, run_id), actor_of(request))
    return redirect("run", run_id)


@require_http_methods(["GET", "HEAD", "POST"])
def abort(request: HttpRequest, run_id: int) -> HttpResponse:
    """GET says what it would stop; POST stops it, confirmed by the run's number where agents are at work."""
    found = _run(request, run_id)
    live = found.dispatches.filter(status__in=sorted(LIVE_DISPATCH)).select_related("step")
    values: dict[str, Any] = {
        "run": found,
        "live": live,
        "figures": figures(found),
        "reason": request.POST.get("reason", ""),
    }
    if request.method != "POST":
        return show(request, "abort.html", **values)
    if live and request.POST.get("confirm", "").strip() != str(run_id):
        words = f"Agents are at work. Type the run's number, {run_id}, to stop them."
        return show(request, "abort.html", status=422, error=words, **values)
    try:
        actions.abort(found, actor_of(request), str(values["reason"]))
    except TOLD as error:
        return show(request, "abort.html", status=status_of(error), error=str(error), **values)
    return redirect("run", run_id)


@require_safe
def batch(request: HttpRequest, run_id: int, number: int) -> HttpResponse:
    """A batch: the report of each step, its commits, and what would come next."""
    found = _run(request, run_id)
    row = get_object_or_404(found.batch_rows, number=number)

    def read() -> dict[str, object]:
        return {"view": batch_of(found, row)}

    regions = {"batch": Region("batch/_body.html", read, ("step", "batch", "decision", "line"))}
    return show(request, "batch.html", regions, run=found, batch=row)


@require_safe
def report(request: HttpRequest, run_id: int) -> HttpResponse:
    found = _run(request, run_id)
    return show(request, "report.html", run=found, report=reports.report(found))


@require_safe
def report_markdown(request: HttpRequest, run_id: int) -> HttpResponse:
    text = markdown(reports.report(_run(request, run_id)))
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@require_safe
def report_json(request: HttpRequest, run_id: int) -> HttpResponse:
    return JsonResponse(reports.report(_run(request, run_id)), json_dumps_params={"ensure_ascii": False, "indent": 2})


def _run(request: HttpRequest, run_id: int) -> Run:
    return get_object_or_404(runs_of(request.user), pk=run_id)


def _number(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 18 else None
