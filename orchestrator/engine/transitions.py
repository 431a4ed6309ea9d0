"""The one writer of statuses. Everything that changes a run goes through `change`.

Order of every transaction: the run's head row first (lock, numbers, hash), then the snapshot is read, the tables
decide, conditional updates, events; on commit one hint to browsers and one to workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone

from orchestrator import chain, events, wake
from orchestrator.engine import store
from orchestrator.engine.board import Board, Fired
from orchestrator.engine.rows import MACHINE_OF, CandidateRow, DecisionRow, Row, RunRow, StepRow
from orchestrator.engine.snapshot import locked
from orchestrator.engine.states import MACHINES, OPEN_DECISION, RUN_OVER, SETTLED
from orchestrator.engine.turn import turn
from orchestrator.exceptions import LostRace
from orchestrator.failpoints import failpoint
from orchestrator.models import DecisionSubject
from orchestrator.statements import Rows, Statement, insert, run_all, update

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change, and by which way: web · command line · engine."""

    name: str
    via: str


ENGINE = Actor("engine", "engine")


@dataclass
class Change:
    """A unit of work under way. `extra` are columns beside the tables', written in the same transaction; `notes` stand
    in the body of each of its events."""

    run_id: int
    board: Board
    actor: Actor
    extra: dict[tuple[type[models.Model], int], dict[str, Any]] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def set(self, model: type[models.Model], id: int, /, **values: Any) -> None:
        """Write further columns of a row in this transaction."""
        self.extra.setdefault((model, id), {}).update(values)


@contextmanager
def change(run_id: int, actor: Actor = ENGINE) -> Iterator[Change]:
    """One transaction on one run: yields its board, then brings it to rest and writes what changed."""
    with transaction.atomic():
        head, board = locked(run_id)
        unit = Change(run_id, board, actor)
        yield unit
        turn(board)
        seq = _write(unit, head)
        failpoint("before_commit")
        if seq > head.seq:
            # Robust: what is committed stands, even where the broker that should ring for it is away.
            transaction.on_commit(lambda: _told(run_id, seq), robust=True)
    failpoint("after_commit")


def retried(act: Callable[[], T], tries: int = 3) -> T:
    """Call again after a LostRace, at most `tries` times in all: the caller reads anew each time."""
    for left in reversed(range(tries)):
        try:
            return act()
        except LostRace:
            if not left:
                raise
    raise AssertionError("unreachable")


def advance(run_id: int) -> None:
    """Let the engine move what it can by itself; harmless at any time, and idempotent."""
    with change(run_id):
        pass


def _told(run_id: int, seq: int) -> None:
    failpoint("before_publish")
    events.publish(run_id, seq)
    wake.wake(run_id)


Ids = dict[tuple[str, int], int]


def _write(unit: Change, head: chain.Head) -> int:
    """Write rows, then the events, which name them by their real ids; returns the number of the last event."""
    changed = unit.board.changed()
    new = [row for before, row in changed if before is None]
    stored = [(before, row) for before, row in changed if before is not None]
    ids: Ids = {}
    if new:
        # What has ended makes room first: a successor is a second open row where there may be one only.
        inserts = [_insert(unit, row) for row in new]
        found = _written(_updates(unit, [pair for pair in stored if _new_batch(pair[1]) is None]), inserts)
        ids = {(MACHINE_OF[type(row)], row.id): id for row, ((id,),) in zip(new, found, strict=True)}
    left = [(before, _with_real_ids(row, ids)) for before, row in stored if not new or _new_batch(row)]
    updates = _updates(unit, left)
    records = [_event(unit, fired, ids) for fired in unit.board.log]
    _written(updates, [*_subjects(unit, stored, new, ids), *_further(unit), *chain.appending(head, records)])
    return head.seq + len(records)


def _updates(unit: Change, pairs: list[tuple[Row, Row]]) -> list[tuple[Row, Statement]]:
    return [(before, _update(unit, before, row)) for before, row in pairs]


def _written(updates: list[tuple[Row, Statement]], others: list[Statement]) -> list[Rows]:
    """Write rows where nobody else has, then the others; returns what those returned."""
    found = run_all([*(statement for _, statement in updates), *others])
    for (before, _), ids in zip(updates, found, strict=False):
        if not ids:
            raise LostRace(f"The {MACHINE_OF[type(before)]} was changed by somebody else in the same moment.")
    return found[len(updates) :]


def _new_batch(row: Row) -> int | None:
    """The batch that a step was put into before that had a real id, or None."""
    return row.batch if isinstance(row, StepRow) and (row.batch or 0) < 0 else None


def _with_real_ids(row: Row, ids: Ids) -> Row:
    batch = _new_batch(row)
    if batch is None:
        return row
    assert isinstance(row, StepRow)
    return replace(row, batch=ids["batch", batch])


def _insert(unit: Change, row: Row) -> Statement:
    if isinstance(row, CandidateRow):
        row = replace(row, line=store.main_line(unit.run_id)[0])
    return store.storing(unit.run_id, row, unit.extra.pop((store.MODEL_OF[type(row)], row.id), {}))


def _update(unit: Change, before: Row, row: Row) -> Statement:
    further = unit.extra.pop((store.MODEL_OF[type(row)], row.id), {})
    return store.changing(before, row, _times(before, row) | further)


def _further(unit: Change) -> list[Statement]:
    """Columns of rows in which nothing else has changed."""
    return [update(model, values, {"id": id}) for (model, id), values in unit.extra.items() if values]


def _subjects(unit: Change, stored: list[tuple[Row, Row]], new: list[Row], ids: Ids) -> list[Statement]:
    """A subject can be in one open decision only; the database holds that by a unique key."""
    over = [row for _, row in stored if isinstance(row, DecisionRow) and row.status not in OPEN_DECISION]
    statements = [update(DecisionSubject, {"open_key": None}, {"decision_id": row.id}) for row in over]
    for row in new:
        if isinstance(row, DecisionRow):
            keys: list[tuple[int | None, str]] = [(id, f"step:{id}") for id in row.subjects]
            for step, key in keys or [(None, f"run:{unit.run_id}:{row.kind}")]:
                subject = {"decision_id": ids["decision", row.id], "step_id": step, "open_key": key}
                statements.append(insert(DecisionSubject, subject))
    return statements


def _times(before: Row, row: Row) -> dict[str, Any]:
    """When a row began and ended, from the same transition that says so."""
    status, was = getattr(row, "status", ""), getattr(before, "status", "")
    if status == was:
        return {}
    now = timezone.now()
    if isinstance(row, RunRow):
        return {"ended_at": now if status in RUN_OVER else None}
    if isinstance(row, StepRow):
        if status == "active" and was in ("waiting", "ready"):
            return {"started_at": now}
        return {"ended_at": now if status in SETTLED else None}
    machine = MACHINE_OF[type(row)]
    if machine in ("dispatch", "candidate"):
        if status in ("preparing", "with_person", "building"):
            return {"started_at": now}
        return {"ended_at": now} if status in MACHINES[machine].final else {}
    if isinstance(row, DecisionRow) and status in ("applied", "superseded"):
        return {"decided_at": now}
    return {}


def _event(unit: Change, fired: Fired, ids: Ids) -> chain.Record:
    id = ids.get((fired.machine, fired.id), fired.id)
    body = {"machine": fired.machine, "id": id, "from": fired.before, "to": fired.after, **fired.args}
    step = _step_of(unit.board, fired)
    actor = unit.actor if fired is unit.board.log[0] or fired.event == "decided" else ENGINE
    return chain.Record(f"{fired.machine}.{fired.event}", actor.name, actor.via, step, body | unit.notes)


def _step_of(board: Board, fired: Fired) -> str:
    row: Any = board.rows.get((fired.machine, fired.id))
    if isinstance(row, StepRow):
        return row.key
    if isinstance(row, DecisionRow):
        return board.get(StepRow, row.subjects[0]).key if row.subjects else ""
    step = getattr(row, "step", None)
    return board.get(StepRow, step).key if isinstance(step, int) else ""
