"""Rows of the database as the frozen values of the pure engine, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Q

from orchestrator.engine.board import Board
from orchestrator.engine.rows import (
    MACHINE_OF,
    BatchRow,
    CandidateRow,
    DecisionRow,
    DispatchRow,
    EdgeRow,
    FindingRow,
    Row,
    RunRow,
    StepRow,
    WorkspaceRow,
)
from orchestrator.engine.states import OPEN_ROWS, WORKING
from orchestrator.models import (
    Batch,
    Candidate,
    Decision,
    Dispatch,
    Finding,
    Line,
    Run,
    RunStep,
    RunStepDependency,
    Workspace,
)
from orchestrator.statements import Prepared, Statement, as_text, gather, insert, run, update

MODEL_OF: dict[type, type[models.Model]] = {
    RunRow: Run,
    StepRow: RunStep,
    EdgeRow: RunStepDependency,
    BatchRow: Batch,
    DispatchRow: Dispatch,
    CandidateRow: Candidate,
    WorkspaceRow: Workspace,
    DecisionRow: Decision,
    FindingRow: Finding,
}
KIND_OF = {MACHINE_OF[kind]: kind for kind in MODEL_OF}
_FOREIGN = {"step": "step_id", "on": "on_id", "batch": "batch_id", "line": "line_id", "dispatch": "dispatch_id"}
FRONTIER = ("ready", "needs_decision", *sorted(WORKING))
Columns = dict[str, Any]
Query = models.QuerySet[Any, Any]


# -- one row ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _tuple(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))


@dataclass(frozen=True, slots=True)
class Form:
    """How rows of a kind stand in the database: (field, column) of each, and what reads the JSON among them."""

    columns: tuple[tuple[str, str], ...]
    decoders: tuple[tuple[int, Callable[[str], Any]], ...]


def _form(kind: type) -> Form:
    names = [field.name for field in fields(kind)]
    types = [str(field.type).partition("[")[0] for field in fields(kind)]
    json_types: dict[str, Callable[[str], Any]] = {"tuple": _tuple, "dict": json.loads}
    return Form(
        tuple((name, _FOREIGN.get(name, name)) for name in names),
        tuple((n, json_types[name]) for n, name in enumerate(types) if name in json_types),
    )


_FORMS = {kind: _form(kind) for kind in MODEL_OF}


def _select(kind: type, rows: Query, *before: Any) -> Query:
    """The columns of a kind, JSON as its text."""
    form = _FORMS[kind]
    json_at = [n for n, _ in form.decoders]
    columns = [as_text(column) if n in json_at else column for n, (_, column) in enumerate(form.columns)]
    return rows.order_by().values_list(*before, *columns)


def read(kind: type, found: Iterable[Sequence[Any]]) -> list[Any]:
    """The values of rows that were selected by their columns, oldest first."""
    decoders, rows = _FORMS[kind].decoders, []
    for columns in found:
        values = list(columns)
        for n, decode in decoders:
            values[n] = decode(values[n])
        rows.append(kind(*values))
    return sorted(rows, key=lambda row: row.id)


def storing(run_id: int, row: Row, extra: Columns) -> Statement:
    """Store a new row of a run, with further columns; its id is returned."""
    values = {column: getattr(row, name) for name, column in _FORMS[type(row)].columns if name != "id"} | extra
    if not isinstance(row, RunRow):
        values["run_id"] = run_id
    return insert(MODEL_OF[type(row)], values)


def changing(before: Row, row: Row, extra: Columns) -> Statement:
    """Write what differs, and further columns, where the row still has the status that was seen; else no id comes."""
    pairs = [(column, getattr(row, name), getattr(before, name)) for name, column in _FORMS[type(row)].columns]
    seen = {"status": before.status} if hasattr(before, "status") else {}
    values = {column: now for column, now, was in pairs if now != was} | extra
    return update(MODEL_OF[type(row)], values, {"id": row.id, **seen})


# -- what a board holds ----------------------------------------------------------------------------------------------


def open_rows(kind: type) -> Callable[[int], Query]:
    """Literally the condition of the index `open_rows` of its model."""
    model, statuses = MODEL_OF[kind], OPEN_ROWS[MACHINE_OF[kind]]
    return lambda run_id: model._default_manager.filter(run=run_id, status__in=statuses).order_by()


def _selected(kind: type) -> Prepared:
    rows = open_rows(kind)
    return Prepared(lambda run_id: _select(kind, rows(run_id)))


def _under_way(run_id: int) -> Query:
    return RunStep.objects.filter(run=run_id, status__in=FRONTIER)


def _in_batch(run_id: int) -> Q:
    return Q(batch__in=open_rows(BatchRow)(run_id).values("id"))


def _steps(run_id: int) -> Query:
    in_batch = RunStep.objects.filter(_in_batch(run_id))
    return _select(StepRow, _under_way(run_id)).union(_select(StepRow, in_batch))


def _dispatches(run_id: int) -> Query:
    """Open ones, and all of the steps on the board: the schedule counts the attempts of a step."""
    of_batch = RunStep.objects.filter(_in_batch(run_id))
    return _select(DispatchRow, open_rows(DispatchRow)(run_id)).union(_of(_under_way(run_id)), _of(of_batch))


def _of(steps: Query) -> Query:
    ids: Any = steps.order_by().values("id")
    return _select(DispatchRow, Dispatch.objects.filter(step__in=ids))


_RUN = Prepared(lambda run_id: _select(RunRow, Run.objects.filter(pk=run_id), as_text("policy")))
_FRONTIER: dict[type, Prepared] = {
    BatchRow: _selected(BatchRow),
    StepRow: Prepared(_steps),
    DispatchRow: Prepared(_dispatches),
    CandidateRow: _selected(CandidateRow),
    DecisionRow: _selected(DecisionRow),
    WorkspaceRow: _selected(WorkspaceRow),
}


def frontier(run_id: int) -> tuple[str, list[Row]]:
    """A run's policy, as JSON, and what its board must hold: see `Board`. No part of it grows with the plan."""
    ((policy, *own),), *tables = gather([_RUN(run_id), *(prepared(run_id) for prepared in _FRONTIER.values())])
    rows = [row for kind, found in zip(_FRONTIER, tables, strict=True) for row in read(kind, found)]
    return policy, [*read(RunRow, [own]), *rows]


# -- what it asks for later ------------------------------------------------------------------------------------------


def _one(kind: type) -> Prepared:
    return Prepared(lambda id: _select(kind, MODEL_OF[kind]._default_manager.filter(pk=id)))


def _next_waiting(run_id: int, after: int) -> Query:
    rows = RunStep.objects.filter(run=run_id, status="waiting", position__gt=after)
    return _select(StepRow, rows).order_by("position")[: Board.PAGE]


_ROW = {kind: _one(kind) for kind in MODEL_OF}
_DEPENDENTS = Prepared(lambda step: _select(EdgeRow, RunStepDependency.objects.filter(on=step)))
_DEPENDENCIES = Prepared(lambda step: _select(EdgeRow, RunStepDependency.objects.filter(step=step)))
_UNMENDED = Prepared(
    lambda step: _select(FindingRow, Finding.objects.filter(step=step, status__in=("open", "repeated", "disputed")))
)
_WAITING = Prepared(_next_waiting)
_LINE = Prepared(lambda run_id: Line.objects.filter(run=run_id, name="main").order_by().values_list("id", "head_oid"))


def main_line(run_id: int) -> tuple[int, str]:
    """The id and the head of the run's line."""
    ((id, head),) = run(_LINE(run_id))
    return id, head


class DatabaseSource:
    """The Source of a board that is backed by the database."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id

    def row(self, machine: str, id: int) -> Row:
        kind = KIND_OF[machine]
        found: list[Row] = read(kind, run(_ROW[kind](id)))
        return found[0]

    def step_ids(self, keys: Sequence[str]) -> Sequence[int]:
        found = RunStep.objects.filter(run=self.run_id, key__in=keys).order_by("position")
        return list(found.values_list("id", flat=True))

    def dependents(self, step: int) -> Sequence[EdgeRow]:
        return read(EdgeRow, run(_DEPENDENTS(step)))

    def dependencies(self, step: int) -> Sequence[EdgeRow]:
        return read(EdgeRow, run(_DEPENDENCIES(step)))

    def findings(self, step: int) -> Sequence[FindingRow]:
        return read(FindingRow, run(_UNMENDED(step)))

    def waiting(self, after: int, limit: int) -> Sequence[StepRow]:
        found = read(StepRow, run(_WAITING(self.run_id, after)))
        return sorted(found, key=lambda step: step.position)[:limit]
