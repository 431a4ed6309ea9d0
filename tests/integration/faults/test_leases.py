"""Holders that stop, end or meet: at most one result of a dispatch, and one landing of a step, is ever accepted."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from orchestrator.actions import runs
from orchestrator.engine import execute
from orchestrator.engine.logbook import entries
from orchestrator.models import Candidate, Dispatch, Event
from tests.integration.faults.stage import IMPATIENT, Stage, until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(tmp_path, data):
    return Stage(tmp_path)


@pytest.mark.ledger("X14")
@pytest.mark.parametrize("place", ["after_claim", "while_running", "before_result"])
def test_the_late_result_of_a_holder_that_stood_still_is_refused(place, stage):
    late = stage.stopped(place)
    assert stage.end_of(stage.worker(**IMPATIENT)) == 0
    first, second = Dispatch.objects.filter(role="builder")
    assert (first.status, second.status, second.attempt) == ("lost", "succeeded", 2)
    known = Dispatch.objects.filter(pk=first.pk).values()[0]
    assert stage.goes_on(late) == 0
    assert Dispatch.objects.filter(pk=first.pk).values()[0] == known
    stage.play()
    stage.assert_done()


@pytest.mark.ledger("X14")
@pytest.mark.parametrize("place", ["after_kept", "before_result"])
def test_a_result_that_was_ready_when_its_worker_died_is_taken_and_no_model_is_asked_again(place, stage):
    assert stage.killed(place)
    stage.play()
    first, second = Dispatch.objects.filter(role="builder")
    assert (first.status, second.status, second.report) == ("lost", "succeeded", first.report)
    assert "init" in [entry["kind"] for entry in entries(first)]
    assert [entry["kind"] for entry in entries(second)] == ["retry"]
    stage.assert_done()


def test_a_worker_whose_drain_takes_longer_than_a_lease_goes_on_beating(stage):
    """It beats while it drains, so nobody takes its work over, and what it was about to say is heard."""
    worker = stage.worker("before_result:1:4", LEASE_SECONDS=1.5)
    until(lambda: Dispatch.objects.exclude(report={}).exists())
    worker.terminate()
    other = stage.worker(LEASE_SECONDS=1.5)
    began = time.monotonic()
    assert stage.end_of(worker) == 0
    assert time.monotonic() - began > 2 * 1.5
    assert stage.end_of(other) == 0
    assert not Dispatch.objects.filter(status="lost").exists()
    assert Dispatch.objects.get(role="builder").status == "succeeded"
    stage.play()
    stage.assert_done()


@pytest.mark.parametrize("place", ["while_running", "before_result"])
def test_who_cancels_before_the_result_is_in_wins_and_the_result_is_dropped(place, stage):
    late = stage.stopped(place)
    runs.abort(stage.run, stage.hand.actor, "Not needed.")
    assert Dispatch.objects.get().status == "stopping"
    assert stage.goes_on(late) == 0
    assert Dispatch.objects.get().status == "cancelled"
    stage.run.refresh_from_db()
    assert stage.run.status == "aborted" and not Candidate.objects.exists()
    stage.assert_invariants()


def test_who_cancels_after_the_result_is_in_cancels_what_follows_and_not_the_result(stage):
    late = stage.stopped("after_result")
    runs.abort(stage.run, stage.hand.actor, "Not needed.")
    assert stage.goes_on(late) == 0
    assert Dispatch.objects.get(role="builder").status == "succeeded"
    stage.run.refresh_from_db()
    assert stage.run.status == "aborted" and not Candidate.objects.exists()
    stage.assert_invariants()


@pytest.mark.ledger("X14")
@pytest.mark.parametrize("place", ["after_built", "after_standing", "before_swap", "after_swap"])
def test_a_holder_that_stood_still_on_its_way_to_the_line_does_not_land_a_second_time(place, stage):
    late = stage.stopped(place)
    assert stage.end_of(stage.worker(**IMPATIENT)) == 0
    candidate = Candidate.objects.get()
    assert (candidate.status, candidate.stale) == ("landed", 0 if place == "after_swap" else 1)
    assert stage.goes_on(late) == 0
    stage.play()
    stage.assert_done()


@pytest.mark.ledger("X14")
def test_who_was_taken_over_before_the_swap_cannot_move_the_line_any_more(stage):
    late = stage.stopped("before_swap")
    assert stage.killed("after_settle", **IMPATIENT)
    candidate = Candidate.objects.get()
    assert candidate.status == "queued"
    assert stage.goes_on(late) == 0
    landed = Candidate.objects.get()
    assert landed.status == "landed" and landed.oid != candidate.oid
    stage.play()
    stage.assert_done()


def test_a_dispatch_that_is_delivered_twice_is_carried_out_once(stage):
    dispatch, told = Dispatch.objects.get(), []

    def work() -> None:
        told.append(execute.work(stage.run.pk, dispatch.pk))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == [False, False, False, True]
    seq = Event.objects.filter(chain=stage.run.pk).count()
    assert not execute.work(stage.run.pk, dispatch.pk)
    assert Event.objects.filter(chain=stage.run.pk).count() == seq
    stage.play()
    stage.assert_done()


@pytest.mark.ledger("X14")
def test_two_workers_on_one_run_never_do_the_same(tmp_path, data):
    stage = Stage(tmp_path, steps=2)
    workers = [stage.worker() for _ in range(3)]
    assert [stage.end_of(worker) for worker in workers] == [0, 0, 0]
    claims = Event.objects.filter(chain=stage.run.pk, kind__in=("dispatch.claimed", "candidate.claimed"))
    assert claims.count() == 2 * 3
    assert not Dispatch.objects.exclude(status="succeeded").exists()
    stage.play()
    stage.assert_done()


@pytest.mark.ledger("X14")
def test_sigterm_hands_the_work_over_and_the_next_worker_goes_on_with_it(stage):
    worker = stage.worker(REHEARSAL_DELAY=0.3)
    until(lambda: Dispatch.objects.filter(status="running").exists())
    worker.terminate()
    assert stage.end_of(worker) == 0
    dispatch = Dispatch.objects.get()
    assert (dispatch.status, dispatch.epoch) == ("queued", 1)
    assert Event.objects.filter(kind="dispatch.handed_over").count() == 1
    stage.play()
    dispatch.refresh_from_db()
    assert (dispatch.status, dispatch.epoch, dispatch.attempt) == ("succeeded", 2, 1)
    stage.assert_done()


def test_sigterm_during_the_checks_puts_the_candidate_back_at_once(tmp_path, data):
    stage = Stage(tmp_path, more='- [ ] It takes a while — `python3 -c "import time; time.sleep(1)"`.\n')
    worker = stage.worker()
    until(lambda: Candidate.objects.filter(status="checking").exists())
    worker.terminate()
    assert stage.end_of(worker) == 0
    candidate = Candidate.objects.get()
    assert (candidate.status, candidate.stale) == ("queued", 0)
    stage.play()
    stage.assert_done()


@pytest.mark.soak
@pytest.mark.ledger("X14")
def test_at_the_real_lease_a_dead_workers_dispatch_is_taken_over_within_17_seconds(stage):
    real = {"LEASE_SECONDS": 15.0, "BEAT_SECONDS": 5.0, "SWEEP_SECONDS": 2.0}
    late = stage.stopped("while_running", **real)
    began = time.monotonic()
    successor = stage.worker(**real)
    until(lambda: Dispatch.objects.filter(status="lost").exists())
    assert 14.0 < time.monotonic() - began < 17.5
    assert stage.end_of(successor) == 0
    assert stage.goes_on(late) == 0
    stage.play()
    stage.assert_done()
