"""Rows of the database as the frozen values of the pure engine, and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from django.db import models
from django.db.models import Q

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
from orchestrator.engine.states import OPEN_CANDIDATE, OPEN_DECISION, OPEN_DISPATCH, WORKING
from orchestrator.models import (
    Batch,
    Candidate,
    Decision,
    Dispatch,
    Finding,
    Run,
    RunStep,
    RunStepDependency,
    Workspace,
)

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


def column(name: str) -> str:
    """The database's name of a row's field."""
    return _FOREIGN.get(name, name)


def read(kind: type, queryset: models.QuerySet[Any]) -> list[Any]:
    """The rows of a query, as values."""
    names = [field.name for field in fields(kind)]
    tuples = [n for n, field in enumerate(fields(kind)) if str(field.type).startswith("tuple")]
    found = []
    for values in queryset.order_by("id").values_list(*[column(name) for name in names]):
        values = list(values)
        for n in tuples:
            values[n] = tuple(values[n])
        found.append(kind(*values))
    return found


def columns(row: Row) -> dict[str, Any]:
    """A row's database columns, its id aside."""
    values = {column(f.name): getattr(row, f.name) for f in fields(row) if f.name != "id"}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def frontier(run_id: int) -> Iterable[Row]:
    """What a board must hold: see `Board`. A handful of small queries, none of which grows with the plan."""
    open_batches = read(BatchRow, Batch.objects.filter(run=run_id).exclude(status="closed"))
    in_batch = Q(batch__in=[batch.id for batch in open_batches])
    steps = read(StepRow, RunStep.objects.filter(Q(status__in=FRONTIER) | in_batch, run=run_id))
    ids = [step.id for step in steps]
    yield from read(RunRow, Run.objects.filter(pk=run_id))
    yield from open_batches
    yield from steps
    at_work = Q(status__in=sorted(OPEN_DISPATCH)) | Q(step__in=ids)
    yield from read(DispatchRow, Dispatch.objects.filter(at_work, run=run_id))
    yield from read(CandidateRow, Candidate.objects.filter(run=run_id, status__in=sorted(OPEN_CANDIDATE)))
    yield from read(DecisionRow, Decision.objects.filter(run=run_id, status__in=sorted(OPEN_DECISION)))
    yield from read(WorkspaceRow, Workspace.objects.filter(run=run_id).exclude(status="removed"))


class DatabaseSource:
    """The Source of a board that is backed by the database; one query each, kept for the unit of work."""

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id

    def row(self, machine: str, id: int) -> Row:
        kind = KIND_OF[machine]
        found: list[Row] = read(kind, MODEL_OF[kind]._default_manager.filter(pk=id))
        return found[0]

    def step_ids(self, keys: Sequence[str]) -> Sequence[int]:
        found = RunStep.objects.filter(run=self.run_id, key__in=keys).order_by("position")
        return list(found.values_list("id", flat=True))

    def dependents(self, step: int) -> Sequence[EdgeRow]:
        return read(EdgeRow, RunStepDependency.objects.filter(on=step))

    def dependencies(self, step: int) -> Sequence[EdgeRow]:
        return read(EdgeRow, RunStepDependency.objects.filter(step=step))

    def waiting(self, after: int, limit: int) -> Sequence[StepRow]:
        found = RunStep.objects.filter(run=self.run_id, status="waiting", position__gt=after).order_by("position")
        ids = list(found.values_list("id", flat=True)[:limit])
        return sorted(read(StepRow, RunStep.objects.filter(pk__in=ids)), key=lambda step: step.position)
