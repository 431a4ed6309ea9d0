"""One step of a run: what it is to do, its log, its diff with findings, its evidence; and handing it in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from orchestrator.actions import handing
from orchestrator.engine import keeping
from orchestrator.engine.logbook import entries
from orchestrator.models import Artifact, Dispatch, Run, RunStep
from orchestrator.web.access import actor_of, runs_of, seq_of
from orchestrator.web.errors import TOLD, status_of
from orchestrator.web.page import Region, show
from orchestrator.web.reading import setups
from orchestrator.web.reading import steps as reading
from orchestrator.web.reading.evidence import tries
from orchestrator.web.reading.logs import tail
from orchestrator.web.reading.runs import handed, open_cards
from orchestrator.web.reading.source import DiffView
from orchestrator.web.reading.source import diff as read_diff


@require_safe
def step(request: HttpRequest, run_id: int, key: str) -> HttpResponse:
    """What the step is to do, and what was claimed beside what was found."""
    return _overview(request, _step(request, run_id, key))


def _overview(request: HttpRequest, found: RunStep, status: int = 200, **more: Any) -> HttpResponse:
    def read() -> dict[str, Any]:
        builds = reading.builds(found)
        return {
            "criteria": reading.criteria(found),
            "claims": reading.claims(builds[-1] if builds else None) + reading.claims(reading.reviewed(found)),
            "build": builds[-1] if builds else None,
            "attempts": list(found.dispatches.order_by("id")),
            "cards": list(found.run.decisions.exclude(option="").order_by("id")),
        }

    on = (f"step:{found.key}",)
    regions = {
        "body": Region("step/_overview.html", read, on),
        "setup": Region("step/_setup.html", lambda: setups.of_step(found), on),
        "place": Region("step/_place.html", lambda: {"mine": _handed(found)}, on),
    }
    content = found.step.content if found.step else {}
    return _page(request, found, "step.html", regions, status, tab="step", content=content, mine=_handed(found), **more)


def _handed(found: RunStep) -> Mapping[str, Any] | None:
    """The step's folder and dispatch while it is with a person."""
    mine = handed(found.run)
    return mine if mine and mine["step"].pk == found.pk else None


@require_safe
def log(request: HttpRequest, run_id: int, key: str) -> HttpResponse:
    """The log of one dispatch, by default the newest that has one."""
    found = _step(request, run_id, key)
    dispatches = [d for d in found.dispatches.order_by("id") if d.log_bytes or d.status in ("running", "preparing")]
    wanted = request.GET.get("attempt", "")
    chosen = next((d for d in dispatches if str(d.pk) == wanted), dispatches[-1] if dispatches else None)
    blocks, start, end = tail(chosen) if chosen else ([], 0, 0)
    values: dict[str, Any] = {"dispatches": dispatches, "chosen": chosen, "blocks": blocks, "start": start, "end": end}
    regions = {"newer": _newer(request, found, dispatches[-1] if dispatches else None, "has begun to work")}
    return _page(request, found, "step_log.html", regions, tab="log", **values)


def _newer(request: HttpRequest, found: RunStep, newest: Dispatch | None, has: str) -> Region:
    """Says that there is a newer dispatch than when the page was opened; what somebody reads is never swapped."""
    now = str(newest.pk) if newest else "none"
    values = {"newest": newest, "newest_has": has, "read": request.GET.get("shown", now)}
    return Region("step/_newer.html", lambda: values, (f"step:{found.key}",), shown=now)


@require_safe
def log_blocks(request: HttpRequest, run_id: int, key: str, dispatch_id: int) -> HttpResponse:
    """The blocks from byte `?from=` on; the header `X-Log-End` says where to go on from."""
    dispatch = _dispatch(request, run_id, key, dispatch_id)
    start = request.GET.get("from", "0")
    if not start.isdecimal():
        raise Http404
    blocks, _, end = tail(dispatch, int(start))
    response = render(request, "step/_blocks.html", {"blocks": blocks})
    response["X-Log-End"] = str(end)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def log_raw(request: HttpRequest, run_id: int, key: str, dispatch_id: int) -> StreamingHttpResponse:
    """The whole log as it is stored: one JSON object a line."""
    dispatch = _dispatch(request, run_id, key, dispatch_id)
    lines = (json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries(dispatch))
    response = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="dispatch-{dispatch.pk}.jsonl"'
    return response


@require_safe
def diff(request: HttpRequest, run_id: int, key: str) -> HttpResponse:
    """What the step changed: an attempt's work, or by default what landed or is on its way."""
    found = _step(request, run_id, key)
    builds = [build for build in reading.builds(found) if build.tree]
    wanted = request.GET.get("attempt", "")
    chosen = next((build for build in builds if str(build.pk) == wanted), None)
    round = chosen.round if chosen else found.round
    findings = list(found.findings.filter(round__lte=round, last_round__gte=round).order_by("-severity", "line", "id"))
    older, newer = reading.change_of(found, chosen)
    declared = found.step.content.get("files", []) if found.step else []
    view = read_diff(found.run, older, newer, findings, declared) if newer else DiffView()
    paths = {file.path for file in view.files}
    values: dict[str, Any] = {"builds": builds, "chosen": chosen, "view": view, "newer": newer}
    unplaced = [finding for finding in findings if finding.path not in paths]
    regions = {"newer": _newer(request, found, builds[-1] if builds else None, "has been handed in")}
    return _page(request, found, "step_diff.html", regions, tab="diff", findings=findings, unplaced=unplaced, **values)


@require_safe
def evidence(request: HttpRequest, run_id: int, key: str) -> HttpResponse:
    """Every check of every try at landing, as it really ran."""
    found = _step(request, run_id, key)
    regions = {"tries": Region("step/_tries.html", lambda: {"tries": tries(found)}, (f"step:{key}", "candidate"))}
    return _page(request, found, "step_evidence.html", regions, tab="evidence")


@require_safe
def artifact(request: HttpRequest, run_id: int, key: str, artifact_id: int) -> FileResponse:
    """A file that a check left, to be saved: nothing in it is ever run or shown as a page of ours."""
    found = get_object_or_404(
        Artifact.objects.select_related("check_run__candidate"),
        pk=artifact_id,
        check_run__candidate__step=_step(request, run_id, key),
    )
    file = keeping.file_of(found)
    if not file.is_file():
        raise Http404("This file is not kept any more.")
    suffix = PurePosixPath(found.path).suffix.lower()
    kind = SHOWN_TYPES.get(suffix, "application/octet-stream") if found.kind == "image" else "application/octet-stream"
    response = FileResponse(
        file.open("rb"), as_attachment=True, filename=PurePosixPath(found.path).name, content_type=kind
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


SHOWN_TYPES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
}  # fmt: skip
"""Images that a page may show; every other file is only handed out."""


@require_POST
def hand_in(request: HttpRequest, run_id: int, key: str) -> HttpResponse:
    """ "I am done": the worktree as it is goes to review and checks."""
    found = _step(request, run_id, key)
    note = request.POST.get("note", "").strip()
    try:
        handing.hand_in(_mine(found), actor_of(request), note)
    except TOLD as error:
        return _overview(request, found, status_of(error), error=str(error), note=note)
    return redirect("step", run_id, key)


@require_POST
def give_back(request: HttpRequest, run_id: int, key: str) -> HttpResponse:
    """Hand nothing in; a card asks what to do with the step."""
    found = _step(request, run_id, key)
    note = request.POST.get("note", "").strip()
    try:
        handing.give_back(_mine(found), actor_of(request), note)
    except TOLD as error:
        return _overview(request, found, status_of(error), error=str(error), note=note)
    return redirect("step", run_id, key)


def _mine(found: RunStep) -> Dispatch:
    return get_object_or_404(found.dispatches.select_related("run__project", "step"), status="with_person")


def _page(
    request: HttpRequest, found: RunStep, template: str, regions: dict[str, Region], status: int = 200, **values: Any
) -> HttpResponse:
    regions = {"rail": Region("step/_rail.html", lambda: _rail(found), (f"step:{found.key}",)), **regions}
    return show(
        request,
        template,
        regions,
        status=status,
        run=found.run,
        step=found,
        seq=seq_of(found.run),
        **values,
    )


def _rail(found: RunStep) -> dict[str, Any]:
    card = next((card for card in open_cards(found.run) if found.pk in card.subjects), None)
    return {"stops": reading.stops(found), "card": card}


def _step(request: HttpRequest, run_id: int, key: str) -> RunStep:
    run: Run = get_object_or_404(runs_of(request.user), pk=run_id)
    found: RunStep = get_object_or_404(run.steps.select_related("step", "batch"), key=key)
    found.run = run
    return found


def _dispatch(request: HttpRequest, run_id: int, key: str, dispatch_id: int) -> Dispatch:
    return get_object_or_404(_step(request, run_id, key).dispatches, pk=dispatch_id)
