"""An agent asks; what a person answers goes into its conversation."""

from __future__ import annotations

import pytest

from orchestrator.actions import decisions
from orchestrator.exceptions import PersonError
from tests.integration.cards.agents import SMALL, ask, built, said_to, scene, shell
from tests.repositories import git

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "Shall the small bell say ting or tang?"


@pytest.fixture
def asked(agents):
    tuned = shell("echo '# tuned' >> bells.py")
    return agents.play(
        scene(tuned, ask(QUESTION), shell(SMALL), built("bells.py")),
        scene(shell(SMALL), built("bells.py"), attempt=2),
    )


@pytest.mark.ledger("X9")
def test_the_question_is_the_card_and_the_answer_goes_on_in_the_same_conversation(asked):
    card = asked.card("question")
    assert card.options == ["answer", "rebuild", "skip", "abort"]
    assert card.payload["reasons"][0]["text"] == QUESTION
    dispatch = asked.run.dispatches.get()
    assert dispatch.status == "parked" and asked.step("2").status == "needs_decision"
    shown = decisions.preview(card.pk, decisions.Answer("answer", instructions="Ting."))
    assert shown["resumes"] == [["2", "builder"]] and shown["starts"] == []
    assert shown["steps"]["2"] == ["needs_decision", "active"]
    asked.decide("answer", instructions="Ting, as ever.")
    dispatch.refresh_from_db()
    assert (dispatch.status, dispatch.attempt, dispatch.epoch) == ("succeeded", 1, 2)
    assert "The person answers: Ting, as ever." in said_to(dispatch)
    assert asked.step("2").status == "passed"
    assert asked.run.dispatches.filter(step__key="2", role="builder").count() == 1


def test_a_question_needs_an_answer(asked):
    with pytest.raises(PersonError, match="needs your answer"):
        asked.decide("answer")


def test_a_rebuild_in_place_of_an_answer_starts_on_what_was_done_so_far(asked):
    shown = decisions.preview(asked.card().pk, decisions.Answer("rebuild", instructions="Do not ask, say ting."))
    before = asked.run.dispatches.get()
    assert shown["onto"] == before.tree and shown["starts"] == [["2", "builder"]]
    asked.decide("rebuild", instructions="Do not ask, say ting.")
    second = asked.run.dispatches.filter(role="builder", step__key="2").latest("id")
    before.refresh_from_db()
    assert before.status == "cancelled" and second.attempt == 2
    assert "Do not ask, say ting." in second.brief
    landed = asked.step("2").landed_oid
    assert "# tuned" in git(asked.source, "show", f"{landed}:bells.py")


def test_skipping_a_question_ends_its_agent_and_keeps_its_work(asked):
    asked.decide("skip", reason="it does not matter")
    dispatch = asked.run.dispatches.get(step__key="2")
    assert dispatch.status == "cancelled" and dispatch.tree
    assert asked.step("2").status == "skipped" and asked.step("3").status == "blocked"
