"""Runs as rows of a list, and the steps of one run grouped by what they are doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from orchestrator.engine.states import OPEN_DECISION, RUN_WORKS
from orchestrator.models import Decision, Dispatch, Run, RunStep, Workspace
from orchestrator.web.reading.signs import Sign, planned_sign, step_sign

PAGE = 40
STRIP_CELLS = 60

GROUPS: Sequence[tuple[str, frozenset[str]]] = (
    ("Needs you", frozenset({"needs_decision"})),
    ("Under way", frozenset({"active", "landing"})),
    ("Next", frozenset({"ready"})),
    ("Waiting", frozenset({"waiting"})),
    ("Blocked", frozenset({"blocked", "suspect"})),
    ("Not done", frozenset({"skipped", "deferred", "cancelled", "removed"})),
    ("Passed", frozenset({"passed", "waived"})),
    ("Complete before this run", frozenset({"already_done"})),
    ("Out of scope", frozenset({"out_of_scope"})),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One step in a phase strip."""

    key: str
    title: str
    sign: Sign


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run in a list. `passed` of `total` steps have proof; `cells` is empty where there are too many to draw."""

    run: Run
    cells: Sequence[Cell]
    passed: int
    total: int
    needs: int


def run_rows(runs: QuerySet[Run], before: int | None = None) -> tuple[list[RunRow], int | None]:
    """A bounded list, newest first, and the id to go on before (None at the end)."""
    found = list((runs.filter(pk__lt=before) if before else runs).order_by("-id")[: PAGE + 1])
    steps: dict[int, list[RunStep]] = {run.pk: [] for run in found}
    for step in RunStep.objects.filter(run__in=found).order_by("position"):
        steps[step.run_id].append(step)
    cards = Decision.objects.filter(run__in=found, status="open").values_list("run_id", flat=True)
    handed = Dispatch.objects.filter(run__in=found, status="with_person").values_list("run_id", flat=True)
    asked = [*cards, *handed]
    rows = [_row(run, steps[run.pk], asked.count(run.pk)) for run in found[:PAGE]]
    return rows, rows[-1].run.pk if len(found) > PAGE else None


def _row(run: Run, steps: Sequence[RunStep], asked: int) -> RunRow:
    cells = cells_of(run, steps)
    passed = sum(cell.sign.family == "passed" and not cell.sign.pattern for cell in cells)
    done = sum(cell.sign.pattern == "ringed" and cell.sign.icon == "circle-check" for cell in cells)
    needs = asked + (run.status == "awaiting_approval")
    shown = cells if len(cells) <= STRIP_CELLS else []
    return RunRow(run, shown, passed, len(cells) - done, needs)


def cells_of(run: Run, steps: Sequence[RunStep]) -> list[Cell]:
    """A run's steps in plan order; before approval those of the dispatch plan."""
    if steps:
        return [Cell(step.key, step.title, step_sign(step)) for step in steps]
    planned = run.compiled.get("plan", {}).get("steps", [])
    return [Cell(step["key"], step["title"], planned_sign(step["start"])) for step in planned]


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step in the run page. `card` is its open question, `dispatch` what works on it now, `batch` its number."""

    step: RunStep
    card: Decision | None
    dispatch: Dispatch | None


def step_groups(run: Run) -> list[tuple[str, list[StepRow]]]:
    """The run's steps by state, in the fixed order of GROUPS; empty groups are left out."""
    cards = {id: card for card in open_cards(run) for id in card.subjects}
    live = {d.step_id: d for d in run.dispatches.filter(status__in=("preparing", "running", "with_person", "stopping"))}
    steps = list(run.steps.select_related("batch").order_by("position"))
    rows = [StepRow(step, cards.get(step.pk), live.get(step.pk)) for step in steps]
    for row in rows:
        row.step.run = run
    grouped = [(name, [row for row in rows if row.step.status in statuses]) for name, statuses in GROUPS]
    return [(name, members) for name, members in grouped if members]


def open_cards(run: Run) -> list[Decision]:
    return list(run.decisions.filter(status__in=sorted(OPEN_DECISION)).order_by("id"))


def figures(run: Run) -> Mapping[str, Any]:
    """What the head of a run page says; each figure is counted from rows."""
    steps = list(run.steps.order_by("position"))
    total = [step for step in steps if step.status not in ("already_done", "out_of_scope")]
    usage = [usage for usage in run.dispatches.values_list("usage", flat=True) if usage]
    cells = cells_of(run, steps)
    return {
        "cells": cells if len(cells) <= STRIP_CELLS else [],
        "tally": Counter(cell.sign for cell in cells).most_common() if len(cells) > STRIP_CELLS else [],
        "passed": sum(step.status == "passed" for step in steps),
        "waived": sum(step.status == "waived" for step in steps),
        "total": len(total),
        "before": sum(step.status == "already_done" for step in steps),
        "batch": run.batch_rows.order_by("-number").first(),
        "line": run.lines.first(),
        "tokens": sum(u.get("input_tokens", 0) + u.get("output_tokens", 0) for u in usage),
        "works": run.status in RUN_WORKS,
        "handed": handed(run),
    }


def handed(run: Run) -> Mapping[str, Any] | None:
    """The step that a person is doing, with its worktree (None while it is being prepared)."""
    dispatch = run.dispatches.filter(status="with_person").select_related("step").first()
    if dispatch is None:
        return None
    place = Workspace.objects.filter(dispatch=dispatch, status__in=("live", "held")).exclude(path=None).first()
    return {"dispatch": dispatch, "step": dispatch.step, "path": place.path if place else None}
