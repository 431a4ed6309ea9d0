"""A time of day that jumps: no lease depends on it, and nothing waits longer than it was meant to."""

from __future__ import annotations

import time

import pytest

from orchestrator.actions import decisions
from orchestrator.models import Decision, Dispatch, Event
from tests.integration.faults.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = 3600.0


def test_workers_whose_clocks_are_two_hours_apart_take_nothing_from_each_other(tmp_path, data):
    stage = Stage(tmp_path, steps=2)
    workers = [stage.worker(clock=HOUR), stage.worker(clock=-HOUR)]
    assert [stage.end_of(worker) for worker in workers] == [0, 0]
    assert not Event.objects.filter(kind__endswith="beat_stopped").exists()
    assert not Dispatch.objects.exclude(status="succeeded").exists()
    stage.play()
    stage.assert_done()


def test_what_was_put_off_before_the_clock_was_set_back_does_not_wait_an_hour_more(tmp_path, data):
    stage = Stage(tmp_path)
    Dispatch.objects.update(due=time.time() + 30)
    assert stage.end_of(stage.worker(clock=-HOUR)) == 0
    stage.play()
    stage.assert_done()


@pytest.mark.soak
@pytest.mark.parametrize("clock", [HOUR, -HOUR])
def test_an_armed_answer_applies_although_the_clock_jumped(clock, tmp_path, data):
    stage = Stage(tmp_path)
    for _ in range(3):
        assert stage.killed("while_running")
    assert stage.end_of(stage.worker()) == 0
    card = stage.hand.card("lost")
    given = decisions.Answer("skip", reason="It cannot be done here.")
    decisions.decide(card.pk, given, stage.hand.actor, stage.hand.user.pk)
    assert Decision.objects.get(pk=card.pk).status == "armed"
    for _ in range(2):
        assert stage.end_of(stage.worker(clock=clock, ARM_SECONDS=0.3)) == 0
        time.sleep(0.4)
    assert stage.end_of(stage.worker(clock=clock, ARM_SECONDS=0.3)) == 0
    assert Decision.objects.get(pk=card.pk).status == "applied"
    stage.assert_invariants()
