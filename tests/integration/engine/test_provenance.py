"""No agent starts on a base that lacks what its step builds on."""

from __future__ import annotations

import pytest

from orchestrator.actions import runs
from orchestrator.engine import worker
from orchestrator.models import Decision, Dispatch, Line, Workspace
from tests.integration.engine.hand import Hand
from tests.repositories import plan_of, repository

pytestmark = pytest.mark.django_db(transaction=True)

NEEDS_1 = "**Depends on**: Step 1\n\n#### Phase 1"


@pytest.fixture
def hand(tmp_path, data):
    """Step 2 needs step 1; the general rehearsal builds both."""
    first, mark, second = plan_of(*[["It is there — `test -f bells.py`"]] * 2).partition("### Step 2")
    plan = first + mark + second.replace("#### Phase 1", NEEDS_1, 1)
    hand = Hand(repository(tmp_path / "bells", plan=plan))
    hand.start(runner="anthropic_api")
    return hand


def test_the_base_is_shown_to_contain_the_commits_of_the_steps_that_are_needed(hand):
    hand.approve()
    landed = hand.step("1").landed_oid
    assert [d.contains for d in hand.step("1").dispatches.order_by("id")] == [[], []]
    assert [d.contains for d in hand.step("2").dispatches.order_by("id")] == [[["1", landed]]] * 2


def test_a_base_that_lacks_one_is_refused_and_a_person_says_when_to_look_again(hand):
    hand.run = _approved_up_to_the_second(hand)
    line = Line.objects.get(run=hand.run)
    head = line.head_oid
    Line.objects.update(head_oid=hand.run.start_oid)
    hand.work()
    refused = Dispatch.objects.get(step=hand.step("2"))
    assert refused.status == "refused" and refused.contains == [] and not refused.messages
    assert not Workspace.objects.filter(dispatch=refused).exists()
    card = hand.card("base")
    (reason,) = card.payload["reasons"]
    assert "does not contain the commit of step 1" in reason["text"] and head[:10] in reason["text"]
    assert card.options == ["again", "skip", "abort"]
    Line.objects.update(head_oid=head)
    hand.decide("again")
    assert hand.step("2").status == "passed" and not Decision.objects.filter(kind="base", status="open").exists()


def test_a_person_is_not_handed_a_step_on_such_a_base_either(hand):
    hand.start(branch="by-hand")
    hand.approve()
    hand.do("bells.py", "SMALL = 1\n")
    dispatch = Dispatch.objects.get(step=hand.step("2"))
    assert dispatch.contains == [["1", hand.step("1").landed_oid]]


def _approved_up_to_the_second(hand: Hand):
    """The run as it stands when step 1 has landed and nobody has taken step 2."""
    run = runs.approve(hand.run, hand.actor, hand.user.pk)
    while not Dispatch.objects.filter(step__key="2").exists():
        assert worker.work_once(run.pk)
    return run
