"""Rows go into the database and come back as they were, by statements that were written once."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from orchestrator.actions import runs
from orchestrator.engine import claiming, store, worker
from orchestrator.engine.fire import fire
from orchestrator.engine.rows import MACHINE_OF, BatchRow, DecisionRow, DispatchRow, StepRow
from orchestrator.engine.snapshot import snapshot
from orchestrator.engine.transitions import change
from orchestrator.exceptions import LostRace
from orchestrator.models import Decision, DecisionSubject, Dispatch, Event, Run, RunStep
from orchestrator.statements import insert, run, run_all, update
from tests.integration.engine.hand import Hand
from tests.repositories import repository
from tests.services import postgresql

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hand(tmp_path, data):
    """A person whose approved run has one dispatch in the queue, and no worker yet."""
    hand = Hand(repository(tmp_path / "tally"))
    runs.approve(hand.start(), hand.actor, hand.user.pk)
    hand.run.refresh_from_db()
    return hand


def queued(run_id: int) -> DispatchRow:
    (id,) = worker.dispatches(run_id)
    return snapshot(run_id).get(DispatchRow, id)


def test_a_new_row_comes_back_as_it_was_stored(hand):
    batch = replace(BatchRow(0, 7, steps=(3, 1, 2)), status="failed")
    dispatch = replace(queued(hand.run.pk), role="reviewer", asked_again=True, due=1.7e9 + 0.123456, noted="it's 100 %")
    decision = DecisionRow(0, "batch", subjects=(4,), options=("continue",), payload={"reasons": [{"text": "ü"}]})
    for row in (batch, dispatch, decision):
        ((id,),) = run(store.storing(hand.run.pk, row, {}))
        assert store.DatabaseSource(hand.run.pk).row(MACHINE_OF[type(row)], id) == replace(row, id=id)


def test_what_a_statement_leaves_out_gets_the_models_defaults(hand):
    columns = {"run_id": hand.run.pk, "step_id": queued(hand.run.pk).step, "role": "reviewer", "runner": "person"}
    ((id,),) = run(insert(Dispatch, columns))
    stored, made = Dispatch.objects.get(pk=id), Dispatch(**columns)
    assert stored.created_at is not None
    assert _values(stored) == _values(made)


def _values(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields[3:] if field.name != "id"} | {
        "created_at": None
    }


def test_a_board_holds_the_same_rows_as_the_models(hand):
    board = snapshot(hand.run.pk)
    open_steps = RunStep.objects.filter(run=hand.run, status__in=store.FRONTIER)
    assert {step.id for step in board.all(StepRow)} >= set(open_steps.values_list("id", flat=True))
    for step in board.all(StepRow):
        model = RunStep.objects.get(pk=step.id)
        assert (step.key, step.stages, step.waived) == (model.key, tuple(model.stages), tuple(model.waived))
    assert (board.run.status, board.policy.as_dict()["runners"]) == (hand.run.status, hand.run.policy["runners"])


def test_a_row_that_somebody_else_has_changed_is_a_lost_race_and_nothing_is_written(hand):
    row, events = queued(hand.run.pk), Event.objects.count()
    with pytest.raises(LostRace), change(hand.run.pk) as unit:
        Dispatch.objects.filter(pk=row.id).update(status="cancelled")
        fire(unit.board, DispatchRow, row.id, "claimed")
    assert Dispatch.objects.get(pk=row.id).status == "queued" and Event.objects.count() == events


def test_a_second_live_dispatch_of_a_step_is_refused_by_the_database(hand):
    with pytest.raises(IntegrityError):
        run(store.storing(hand.run.pk, queued(hand.run.pk), {}))


def test_an_error_among_several_statements_is_the_databases_own_and_undoes_them_all(hand):
    row = queued(hand.run.pk)
    fine = update(Dispatch, {"detail": "written"}, {"id": row.id})
    with pytest.raises(IntegrityError), transaction.atomic():
        run_all([fine, store.storing(hand.run.pk, row, {}), fine])
    assert Dispatch.objects.get(pk=row.id).detail == ""


def test_a_subject_stands_in_one_open_card_and_is_free_when_it_is_closed(hand):
    step = queued(hand.run.pk).step
    with change(hand.run.pk) as unit:
        fire(unit.board, StepRow, step, "asked", kind="question", reasons=[{"text": "Which?"}])
    assert DecisionSubject.objects.get().open_key == f"step:{step}"
    with change(hand.run.pk) as unit:
        fire(unit.board, DecisionRow, Decision.objects.get().pk, "cause_gone")
    assert DecisionSubject.objects.get().open_key is None


@pytest.mark.parametrize(
    ("column", "value", "leaf"),
    [
        ("start_oid", "0" * 40, "start"),
        ("policy", {"batch": 2}, "policy"),
        ("compiled", {"toolchain": []}, "toolchain"),
    ],
)
def test_a_dispatch_is_refused_when_what_was_approved_has_changed(column, value, leaf, hand):
    known = getattr(hand.run, column)
    Run.objects.filter(pk=hand.run.pk).update(**{column: known | value if isinstance(value, dict) else value})
    row = queued(hand.run.pk)
    assert claiming.claim(hand.run.pk, row.id) == 0
    assert Dispatch.objects.get(pk=row.id).status == "refused"
    card = hand.card()
    assert (card.kind, [reason["leaf"] for reason in card.payload["reasons"]]) == ("receipt", [leaf])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the words of a plan are SQLite's")
def test_no_read_of_a_board_walks_over_a_whole_run(hand):
    plans = [
        str(detail)
        for prepared in store._FRONTIER.values()
        for sql, values in [prepared(hand.run.pk)]
        for *_, detail in run((f"EXPLAIN QUERY PLAN {sql}", values))
        if "orchestrator_" in str(detail)
    ]
    allowed = ("_rows (", "runstep_frontier", "_batch_id_", "dispatch_step_id_", "one_open")
    assert plans and [plan for plan in plans if not any(name in plan for name in allowed)] == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL does so by itself")
def test_what_is_committed_is_on_the_disk():
    with connection.cursor() as cursor:
        found = [cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert found == ["wal", 2]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="this is that run")
def test_the_same_on_postgresql():
    with postgresql() as url:
        argv = [sys.executable, "-m", "pytest", __file__, "-p", "no:cacheprovider"]
        done = subprocess.run(argv, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout + done.stderr
