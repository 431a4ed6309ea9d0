"""An attempt runs out of time, is lost with its worker, is given back, or claims what is not there."""

from __future__ import annotations

import pytest

from agents.rehearsal import Fault
from agents.rehearsal.script import Turn
from orchestrator.actions import decisions, handing
from orchestrator.exceptions import PersonError
from tests.integration.cards.agents import SMALL, built, said_to, scene, shell
from tests.integration.faults.stage import Stage
from tests.repositories import git

pytestmark = pytest.mark.django_db(transaction=True)

STALLS = Turn(say="Let me think.", fault=Fault(kind="stall", after=1, seconds=60))
SHORT = {"builder": {"total_seconds": 3.0}}
"""Long enough to write a file on a busy machine before the model stalls."""


def preview(hand, option, **answer):
    return decisions.preview(hand.card().pk, decisions.Answer(option, **answer))


# -- timeout -------------------------------------------------------------------------------------------------------


@pytest.mark.ledger("X9", "B12")
def test_more_time_is_given_once_and_the_attempt_goes_on_where_it_was_stopped(agents):
    hand = agents.play(
        scene(shell(SMALL), STALLS), scene(shell("false"), built("bells.py"), attempt=2), limits=SHORT, scope="2"
    )
    assert hand.card("timeout").options == ["extend", "rebuild", "skip", "abort"]
    assert hand.card().payload["reasons"][0]["text"] == "It was stopped at its limit of 3 s in all."
    first = hand.run.dispatches.get()
    assert first.status == "timed_out" and first.tree and len(first.messages) == 3
    assert preview(hand, "extend")["starts"] == [["2", "builder"]]
    hand.decide("extend")
    second = hand.run.dispatches.filter(role="builder").latest("id")
    assert (second.status, second.attempt, second.round, second.base_oid) == ("succeeded", 2, 1, first.base_oid)
    assert second.messages[:3] == first.messages and "false" not in said_to(second)
    assert hand.step("2").status == "passed"


def test_an_attempt_that_runs_out_of_time_again_is_not_extended_again(agents):
    hand = agents.play(scene(shell(SMALL), STALLS), limits=SHORT, scope="2")
    hand.decide("extend")
    assert hand.card("timeout").options == ["rebuild", "skip", "abort"]
    with pytest.raises(PersonError, match="offers rebuild, skip, abort"):
        hand.decide("extend")


def test_a_rebuild_after_a_timeout_starts_on_what_was_written_or_afresh(agents):
    hand = agents.play(scene(shell(SMALL), STALLS), scene(built("bells.py"), attempt=2), limits=SHORT, scope="2")
    left = hand.run.dispatches.get().tree
    assert preview(hand, "rebuild", instructions="Only report.")["onto"] == left
    assert preview(hand, "rebuild", instructions="Again.", base="fresh")["onto"] == hand.run.lines.get().head_oid
    hand.decide("rebuild", instructions="Only report.")
    second = hand.run.dispatches.filter(role="builder").latest("id")
    assert (second.round, second.messages[0]) != (1, hand.run.dispatches.earliest("id").messages[0])
    assert "small" in git(hand.source, "show", f"{hand.step('2').landed_oid}:bells.py")


def test_skipping_what_ran_out_of_time_leaves_its_dependents_blocked(agents):
    hand = agents.play(scene(STALLS), limits=SHORT)
    shown = preview(hand, "skip", reason="too slow")
    assert shown["blocked"] == [["3", "2"]]
    hand.decide("skip", reason="too slow")
    assert (hand.step("2").status, hand.step("3").status) == ("skipped", "blocked")


# -- lost ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def lost(tmp_path, data):
    """Three workers in a row died at the step's build, each after its first turn was saved."""
    stage = Stage(tmp_path)
    for _ in range(3):
        assert stage.killed("after_save")
    assert stage.end_of(stage.worker()) == 0
    return stage


@pytest.mark.ledger("X9", "X14")
def test_lost_work_is_reclaimed_from_its_last_saved_turn(lost):
    card = lost.hand.card("lost")
    assert card.options == ["reclaim", "rebuild", "skip", "abort"]
    last = lost.run.dispatches.latest("id")
    assert last.status == "lost" and last.tree and last.messages
    shown = decisions.preview(card.pk, decisions.Answer("reclaim"))
    assert shown["starts"] == [["1", "builder"]]
    decisions.decide(card.pk, decisions.Answer("reclaim"), lost.hand.actor, lost.hand.user.pk)
    lost.play()
    again = lost.run.dispatches.filter(role="builder").latest("id")
    assert again.status == "succeeded" and again.messages[: len(last.messages)] == last.messages
    lost.assert_done()


def test_work_that_is_lost_once_more_after_it_was_reclaimed_is_asked_about_at_once(lost):
    card = lost.hand.card("lost").pk
    decisions.decide(card, decisions.Answer("reclaim"), lost.hand.actor, lost.hand.user.pk)
    assert lost.killed("while_running")
    assert lost.end_of(lost.worker()) == 0
    assert lost.hand.card("lost").pk != card


def test_lost_work_may_be_built_anew(lost):
    answer = decisions.Answer("rebuild", instructions="Once more.", base="fresh")
    decisions.decide(lost.hand.card().pk, answer, lost.hand.actor, lost.hand.user.pk)
    lost.play()
    again = lost.run.dispatches.filter(role="builder").latest("id")
    assert again.round == 2 and "Once more." in again.brief
    lost.assert_done()


# -- given back ----------------------------------------------------------------------------------------------------


@pytest.mark.ledger("X13")
def test_what_a_person_had_begun_is_kept_when_they_give_a_step_back(hand):
    hand.start()
    hand.approve()
    hand.append("bells.py", "\n\ndef small():\n    return 't")
    handing.give_back(handing.handed_out(hand.run), hand.actor, "my shift ends")
    hand.work()
    card = hand.card("returned")
    assert card.options == ["rebuild", "skip", "abort"] and card.payload["reasons"][0]["text"] == "my shift ends"
    begun = hand.run.dispatches.get()
    assert begun.status == "cancelled" and preview(hand, "rebuild", instructions="Finish it.")["onto"] == begun.tree
    hand.decide("rebuild", instructions="Finish it.")
    assert (hand.folder() / "bells.py").read_text().endswith("return 't")
    hand.do("bells.py", "ing'\n")
    assert hand.step("2").status == "passed"


def test_a_step_given_back_untouched_starts_from_what_has_landed(hand):
    hand.start()
    hand.approve()
    handing.give_back(handing.handed_out(hand.run), hand.actor, "not mine")
    hand.work()
    assert preview(hand, "rebuild", instructions="Somebody else.")["onto"] == hand.run.lines.get().head_oid


# -- claims --------------------------------------------------------------------------------------------------------


@pytest.mark.ledger("X7")
def test_a_claimed_file_that_is_not_there_stops_the_step_and_cannot_be_accepted(agents):
    hand = agents.play(scene(shell(SMALL), built("bells.py", "docs/BELLS.md")))
    card = hand.card("claim")
    assert card.options == ["recheck", "rebuild", "skip", "abort"]
    assert "docs/BELLS.md" in card.payload["reasons"][0]["text"]
    assert not hand.run.dispatches.filter(role="reviewer").exists()
    with pytest.raises(PersonError, match="'accept_gap' is not among them"):
        hand.decide("accept_gap", reason="whatever")
    (hand.held() / "docs").mkdir()
    (hand.held() / "docs" / "BELLS.md").write_text("Ting.\n")
    assert preview(hand, "recheck")["edits"] == [["docs/BELLS.md", 1, 0]]
    hand.decide("recheck")
    assert hand.step("2").status == "passed"
    assert git(hand.source, "show", f"{hand.step('2').landed_oid}:docs/BELLS.md") == "Ting."


@pytest.mark.ledger("X7")
def test_a_step_that_is_done_without_a_change_is_a_claim_too(agents):
    hand = agents.play(scene(built("bells.py")), scene(shell(SMALL), built("bells.py"), attempt=2))
    assert "no file was changed" in hand.card("claim").payload["reasons"][0]["text"]
    assert preview(hand, "recheck")["edits"] == []
    hand.decide("rebuild", instructions="Write it this time.")
    assert hand.step("2").status == "passed"
