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
from orchestrator.engine.rows import MACHINE_OF, DecisionRow, Row, RunRow, StepRow
from orchestrator.engine.snapshot import snapshot
from orchestrator.engine.states import MACHINES, OPEN_DECISION, RUN_OVER, SETTLED
from orchestrator.engine.turn import turn
from orchestrator.exceptions import LostRace
from orchestrator.failpoints import failpoint
from orchestrator.models import DecisionSubject, Line

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who makes a change, and by which way: web · command line · engine."""

    name: str
    via: str

    @property
    def is_engine(self) -> bool:
        return self.via == "engine"


ENGINE = Actor("engine", "engine")


@dataclass
class Change:
    """A unit of work under way. `extra` are columns beside the tables', written in the same transaction; `after`
    is called with the real ids of new rows (key: machine, negative id) before the commit."""

    run_id: int
    board: Board
    actor: Actor
    extra: list[tuple[type[models.Model], int, dict[str, Any]]] = field(default_factory=list)
    after: list[Callable[[dict[tuple[str, int], int]], None]] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)

    def set(self, model: type[models.Model], id: int, /, **values: Any) -> None:
        """Write further columns of a row in this transaction."""
        self.extra.append((model, id, values))


@contextmanager
def change(run_id: int, actor: Actor = ENGINE) -> Iterator[Change]:
    """One transaction on one run: yields its board, then brings it to rest and writes what changed."""
    with transaction.atomic():
        head = chain.lock(run_id)
        board = snapshot(run_id)
        unit = Change(run_id, board, actor)
        yield unit
        turn(board)
        ids = _write(unit)
        for call in unit.after:
            call(ids)
        records = [_event(unit, fired, ids) for fired in board.log]
        seq = chain.append(head, records)
        failpoint("before_commit")
        if records:
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


def _write(unit: Change) -> dict[tuple[str, int], int]:
    ids: dict[tuple[str, int], int] = {}
    changed = unit.board.changed()
    new = [row for before, row in changed if before is None]
    stored = [(before, row) for before, row in changed if before is not None]
    # What has ended makes room first: a successor is a second open row where there may be one only.
    for before, row in stored:
        if not _refers_to_new(row):
            _update(before, row)
    for row in new:
        ids[MACHINE_OF[type(row)], row.id] = _insert(unit, row)
    for before, row in stored:
        if _refers_to_new(row):
            _update(before, _with_real_ids(row, ids))
    for model, id, values in unit.extra:
        machine = next((m for m, kind in store.KIND_OF.items() if store.MODEL_OF[kind] is model), "")
        model._default_manager.filter(pk=ids.get((machine, id), id)).update(**values)
    return ids


def _refers_to_new(row: Row) -> bool:
    return isinstance(row, StepRow) and row.batch is not None and row.batch < 0


def _with_real_ids(row: Row, ids: dict[tuple[str, int], int]) -> Row:
    assert isinstance(row, StepRow) and row.batch is not None
    return replace(row, batch=ids["batch", row.batch])


def _insert(unit: Change, row: Row) -> int:
    values = store.columns(row)
    if MACHINE_OF[type(row)] in ("candidate",):
        values["line_id"] = Line.objects.values_list("id", flat=True).get(run=unit.run_id, name="main")
    if MACHINE_OF[type(row)] != "run":
        values["run_id"] = unit.run_id
    created = store.MODEL_OF[type(row)]._default_manager.create(**values)
    if isinstance(row, DecisionRow):
        _occupy(created.pk, unit.run_id, row)
    return int(created.pk)


def _occupy(decision: int, run: int, row: DecisionRow) -> None:
    """A subject can be in one open decision only; the database holds that by a unique key."""
    keys: list[tuple[int | None, str]] = [(id, f"step:{id}") for id in row.subjects]
    keys = keys or [(None, f"run:{run}:{row.kind}")]
    DecisionSubject.objects.bulk_create(
        DecisionSubject(decision_id=decision, step_id=step, open_key=key) for step, key in keys
    )


def _update(before: Row, row: Row) -> None:
    model = store.MODEL_OF[type(row)]
    now = store.columns(row)
    values = {name: value for name, value in now.items() if value != store.columns(before)[name]}
    values |= _times(before, row)
    seen = {"status": before.status} if hasattr(before, "status") else {}
    if not model._default_manager.filter(pk=row.id, **seen).update(**values):
        raise LostRace(f"The {MACHINE_OF[type(row)]} was changed by somebody else in the same moment.")
    if isinstance(row, DecisionRow) and row.status not in OPEN_DECISION:
        DecisionSubject.objects.filter(decision=row.id).update(open_key=None)


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


def _event(unit: Change, fired: Fired, ids: dict[tuple[str, int], int]) -> chain.Record:
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
