"""The blueprint way of working, on the pure engine."""

from __future__ import annotations

import pytest

from orchestrator.engine.fire import fire
from orchestrator.engine.rows import BatchRow, DecisionRow, DispatchRow, RunRow
from orchestrator.exceptions import IllegalTransition
from tests.unit.engine.memory import plan
from tests.unit.engine.play import approve, cards, decide, land, pass_step, work


def test_steps_pass_one_at_a_time_and_a_batch_of_three_ends_with_a_card():
    run = plan("1", "2", "3", "4")
    approve(run)
    for _ in range(3):
        pass_step(run)
    assert [run.step(k).status for k in "1234"] == ["passed", "passed", "passed", "waiting"]
    assert [c.kind for c in cards(run)] == ["batch"]
    assert run.queued() is None
    decide(run, "continue")
    pass_step(run)
    decide(run, "continue")
    assert run.run.status == "succeeded"


def test_a_batch_never_crosses_a_milestone():
    run = plan("1", "2", "3", groups={"1": "A", "2": "A", "3": "B"})
    approve(run)
    assert [len(b.steps) for b in run.of(BatchRow)] == [2]


def test_a_blocking_review_stops_everything_and_ends_the_batch():
    run = plan("1", "2", "3")
    approve(run)
    work(run)
    work(run, verdict="failed", kind="review", reasons=[{"text": "naive rounding"}])
    assert run.step("1").status == "needs_decision" and run.step("1").stage == "review"
    assert run.queued() is None
    assert run.of(BatchRow)[0].status == "failed" and run.step("2").batch is None
    decide(run, "rebuild", instructions="use Decimal")
    assert run.step("1").round == 2
    pass_step(run)
    assert [c.kind for c in cards(run)] == ["batch"]
    assert run.step("2").status == "waiting"


def test_skipping_blocks_dependents_and_what_hangs_on_them():
    run = plan("1", "2", "3", "4", depends={"2": ["1"], "3": ["2"]})
    approve(run)
    work(run, "errored", detail="broken")
    decide(run, "skip")
    assert [run.step(k).status for k in "1234"] == ["skipped", "blocked", "blocked", "waiting"]
    assert run.step("3").blocked_by == "2"
    decide(run, "continue")
    pass_step(run)
    decide(run, "continue")
    assert run.run.status == "finished_with_gaps"


def test_a_dependent_may_run_anyway():
    run = plan("1", "2", depends={"2": ["1"]})
    approve(run)
    work(run, "errored")
    decide(run, "skip", run_anyway=[run.step("2").id])
    decide(run, "continue")
    assert run.step("2").status == "active"


def test_a_failed_check_asks_and_a_recheck_reviews_again_without_a_build():
    run = plan("1")
    approve(run)
    work(run)
    work(run)
    land(run, "claimed", "built", "red")
    assert run.step("1").status == "needs_decision" and run.step("1").stage == "verify"
    decide(run, "recheck")
    assert (run.step("1").status, run.step("1").stage, run.queued().role) == ("active", "review", "reviewer")


def test_an_accepted_gap_lands_as_waived_and_counts_as_a_gap():
    run = plan("1")
    approve(run)
    work(run)
    work(run)
    land(run, "claimed", "built", "red")
    decide(run, "accept_gap")
    assert run.step("1").waived == ("verify",)
    land(run)
    assert run.step("1").status == "waived"
    decide(run, "continue")
    assert run.run.status == "finished_with_gaps"


def test_items_without_a_command_go_to_the_verifier_and_what_is_left_to_a_person():
    run = plan("1", items={"1": 2})
    approve(run)
    work(run)
    work(run)
    assert run.queued().role == "verifier"
    work(run, unproven=1)
    assert [c.kind for c in cards(run)] == ["unproven"]
    decide(run, "confirm")
    land(run)
    assert run.step("1").status == "passed"


def test_an_answer_that_drops_work_can_be_undone_until_it_is_due():
    run = plan("1", "2", depends={"2": ["1"]})
    approve(run)
    work(run, "errored")
    card = cards(run)[0]
    run.do(lambda b: fire(b, DecisionRow, card.id, "decided", option="skip", due=10.0))
    assert run.step("1").status == "needs_decision"
    run.do(lambda b: fire(b, DecisionRow, card.id, "undone"))
    assert cards(run)[0].status == "open"
    run.do(lambda b: fire(b, DecisionRow, card.id, "decided", option="skip", due=10.0))
    run.now = 11.0
    run.do(lambda b: None)
    assert run.step("1").status == "skipped"


def test_a_lost_dispatch_is_planned_again_twice_then_a_person_is_asked():
    run = plan("1")
    approve(run)
    for _ in range(2):
        work(run, "beat_stopped")
        assert run.queued() is not None
    work(run, "beat_stopped")
    assert [c.kind for c in cards(run)] == ["lost"]


def test_pause_after_the_step_lets_the_step_end():
    run = plan("1", "2")
    approve(run)
    work(run)
    run.do(lambda b: fire(b, RunRow, 1, "pause", after="step"))
    assert run.run.status == "pausing"
    work(run)
    land(run)
    assert run.run.status == "paused" and run.step("1").status == "passed" and run.queued() is None
    run.do(lambda b: fire(b, RunRow, 1, "resume"))
    assert run.queued() is not None


def test_pause_now_parks_running_work_and_resume_takes_it_up_again():
    run = plan("1")
    approve(run)
    id = run.queued().id
    run.do(lambda b: fire(b, DispatchRow, id, "claimed"))
    run.do(lambda b: fire(b, DispatchRow, id, "ready"))
    run.do(lambda b: fire(b, RunRow, 1, "pause", after="now"))
    assert run.rows["dispatch", id].stop == "park" and run.run.status == "pausing"
    run.do(lambda b: fire(b, DispatchRow, id, "pause_now"))
    assert run.run.status == "paused"
    run.do(lambda b: fire(b, RunRow, 1, "resume"))
    assert run.rows["dispatch", id].status == "queued"


def test_abort_ends_with_every_open_step_cancelled():
    run = plan("1", "2", "3", "4")
    approve(run)
    work(run)
    run.do(lambda b: fire(b, RunRow, 1, "abort"))
    assert run.run.status == "aborted"
    assert {run.step(k).status for k in "1234"} == {"cancelled"}


def test_a_status_without_a_rule_refuses_the_event():
    run = plan("1")
    with pytest.raises(IllegalTransition):
        run.do(lambda b: fire(b, RunRow, 1, "resume"))


def test_more_time_is_offered_once_for_an_attempt_and_anew_after_a_rebuild():
    run = plan("1")
    approve(run)

    def run_out_of_time():
        work(run, "limit")
        id = next(d.id for d in run.of(DispatchRow) if d.status == "stopping")
        run.do(lambda b: fire(b, DispatchRow, id, "stopped"))
        return cards(run)[0].options

    assert run_out_of_time() == ("extend", "rebuild", "skip", "abort")
    decide(run, "extend")
    assert (run.queued().attempt, run.queued().round) == (2, 1)
    assert run_out_of_time() == ("rebuild", "skip", "abort")
    decide(run, "rebuild", instructions="be quick")
    assert run_out_of_time()[0] == "extend"


def test_reclaimed_work_that_is_lost_again_is_asked_about_at_once():
    run = plan("1")
    approve(run)
    for _ in range(3):
        work(run, "beat_stopped")
    assert cards(run)[0].options == ("reclaim", "rebuild", "skip", "abort")
    decide(run, "reclaim")
    work(run, "beat_stopped")
    assert cards(run)[0].kind == "lost"
