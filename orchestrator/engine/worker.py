"""What a worker does: look for something to claim, do it, look again."""

from __future__ import annotations

from orchestrator.engine import execute, handing_out, integrate, publishing, shortage
from orchestrator.engine.rows import CandidateRow, DispatchRow
from orchestrator.engine.states import RUN_WORKS
from orchestrator.engine.store import Query, open_rows
from orchestrator.models import Dispatch, Line, Workspace
from orchestrator.statements import Prepared, gather


def work_once(run_id: int) -> bool:
    """Do one piece of a run's waiting work; False when there is none."""
    return land_once(run_id) or dispatch_once(run_id)


def land_once(run_id: int) -> bool:
    """Publish what has landed, or take one candidate as far as it goes; nothing while the host lacks room for it."""
    if shortage.lacking():
        return False
    behind, candidates = _found(run_id, _BEHIND, _CANDIDATES)
    for line in _awake(behind)[:1]:
        publishing.publish(line)
        return True
    return any(integrate.integrate(candidate) for candidate in candidates)


def dispatch_once(run_id: int) -> bool:
    """Carry out one queued dispatch, or finish handing a step to a person; nothing while the host lacks room."""
    if shortage.lacking():
        return False
    queued, unfinished = _found(run_id, _DISPATCHES, _UNFINISHED)
    if any(execute.work(run_id, dispatch) for dispatch in queued):
        return True
    handed = Dispatch.objects.select_related("run__project", "step").filter(pk__in=unfinished)
    return any(handing_out.take_on_person(dispatch) for dispatch in (handed if unfinished else ()))


def dispatches(run_id: int) -> list[int]:
    """The run's queued dispatches, oldest first."""
    return _found(run_id, _DISPATCHES)[0]


def candidates(run_id: int) -> list[int]:
    """The run's queued candidates, oldest first."""
    return _found(run_id, _CANDIDATES)[0]


def can_dispatch(run_id: int) -> bool:
    return not shortage.lacking() and any(_found(run_id, _DISPATCHES, _UNFINISHED))


def can_land(run_id: int) -> bool:
    behind, candidates = _found(run_id, _BEHIND, _CANDIDATES)
    return not shortage.lacking() and bool(candidates or _awake(behind))


def _awake(lines: list[int]) -> list[int]:
    """Lines with something to publish, those aside that rest."""
    return [line for line in lines if not publishing.rests(line)]


def _found(run_id: int, *queries: Prepared) -> list[list[int]]:
    return [sorted(id for (id,) in rows) for rows in gather([query(run_id) for query in queries])]


def _ids(rows: Query) -> Query:
    return rows.order_by().values_list("id")


def _queued(kind: type, run_id: int) -> Query:
    return _ids(open_rows(kind)(run_id).filter(status="queued", run__status__in=sorted(RUN_WORKS)))


def _unfinished(run_id: int) -> Query:
    """Steps handed to a person whose worktree was never finished: its worker died between claim and checkout."""
    ready = Workspace.objects.filter(status__in=("live", "held"), dispatch__isnull=False).values("dispatch")
    return _ids(open_rows(DispatchRow)(run_id).filter(status="with_person").exclude(pk__in=ready))


_DISPATCHES = Prepared(lambda run_id: _queued(DispatchRow, run_id))
_UNFINISHED = Prepared(_unfinished)
_CANDIDATES = Prepared(lambda run_id: _queued(CandidateRow, run_id))
_BEHIND = Prepared(lambda run_id: _ids(Line.objects.filter(run=run_id, publish_state="behind")))
