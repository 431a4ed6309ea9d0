"""What a worker does: look for something to claim, do it, look again."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from orchestrator.engine import execute, integrate, publishing, shortage
from orchestrator.engine.states import RUN_WORKS
from orchestrator.models import Candidate, Dispatch, Line, Workspace


def work_once(run_id: int | None = None) -> bool:
    """Do one piece of waiting work of a run, or of any; False when there is none."""
    return land_once(run_id) or dispatch_once(run_id)


def land_once(run_id: int | None = None) -> bool:
    """Publish what has landed, or take one candidate as far as it goes; nothing while the host lacks room for it."""
    if shortage.lacking():
        return False
    for line in _behind(run_id)[:1]:
        publishing.publish(line)
        return True
    return any(integrate.integrate(candidate.pk) for candidate in _candidates(run_id))


def dispatch_once(run_id: int | None = None) -> bool:
    """Carry out one queued dispatch, or finish handing a step to a person; nothing while the host lacks room."""
    if shortage.lacking():
        return False
    if any(execute.work(dispatch.pk) for dispatch in _dispatches(run_id)):
        return True
    return any(execute.take_on_person(dispatch) for dispatch in _without_worktree(run_id))


def can_dispatch(run_id: int) -> bool:
    return not shortage.lacking() and (_dispatches(run_id).exists() or _without_worktree(run_id).exists())


def can_land(run_id: int) -> bool:
    return not shortage.lacking() and (_candidates(run_id).exists() or bool(_behind(run_id)))


def _of(rows: QuerySet[Any], run_id: int | None) -> QuerySet[Any]:
    return (rows if run_id is None else rows.filter(run=run_id)).order_by("id")


def _behind(run_id: int | None) -> list[int]:
    """Lines with something to publish, those aside that rest."""
    lines = _of(Line.objects.filter(publish_state="behind"), run_id).values_list("id", flat=True)
    return [line for line in lines if not publishing.rests(line)]


def _candidates(run_id: int | None) -> QuerySet[Any]:
    return _of(Candidate.objects.filter(status="queued", run__status__in=sorted(RUN_WORKS)), run_id)


def _dispatches(run_id: int | None) -> QuerySet[Any]:
    return _of(Dispatch.objects.filter(status="queued", run__status__in=sorted(RUN_WORKS)), run_id)


def _without_worktree(run_id: int | None) -> QuerySet[Any]:
    """Steps handed to a person whose worktree was never finished: its worker died between claim and checkout."""
    ready = Workspace.objects.filter(status__in=("live", "held"), dispatch__isnull=False).values("dispatch")
    waiting = Dispatch.objects.filter(status="with_person").exclude(pk__in=ready)
    return _of(waiting.select_related("run__project", "step"), run_id)
