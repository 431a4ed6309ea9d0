"""Items that only a person can judge, and approvals that no longer hold."""

from __future__ import annotations

import pytest

from orchestrator.actions import decisions, runs
from orchestrator.engine.receipt import digest
from orchestrator.exceptions import PersonError, StaleDecision
from orchestrator.models import CheckRun, Dispatch, Receipt, Run
from tests.integration.engine.hand import Hand
from tests.repositories import PLAN, repository

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = "- [ ] It reads well.\n- [ ] A child would understand it.\n- [ ] It is short.\n"


def preview(hand, option, **answer):
    return decisions.preview(hand.card().pk, decisions.Answer(option, **answer))


# -- unproven ------------------------------------------------------------------------------------------------------


@pytest.fixture
def unproven(tmp_path, data):
    """The README's step has three items that name no command."""
    plan = PLAN.replace("- [ ] It reads well.\n", ITEMS)
    hand = Hand(repository(tmp_path / "bells", plan=plan))
    hand.start(scope="4")
    hand.approve()
    hand.do("README.md", "A small bell.\nA big bell.\n")
    return hand


def verdicts() -> dict[str, tuple[str, str]]:
    newest = CheckRun.objects.latest("id").candidate
    return {check.item: (check.verdict, check.reason) for check in newest.checks.filter(source="person")}


@pytest.mark.ledger("B10")
def test_all_items_of_a_step_are_in_one_card_and_each_is_confirmed(unproven):
    card = unproven.card("unproven")
    assert card.options == ["confirm", "rebuild", "skip", "accept_gap", "abort"]
    assert unproven.run.decisions.count() == 1
    shown = preview(unproven, "confirm")
    assert [text for text, holds in shown["items"] if holds] == [
        "It reads well.", "A child would understand it.", "It is short.",
    ]  # fmt: skip
    unproven.decide("confirm", items={1: True, 2: True, 3: True})
    assert set(verdicts().values()) == {("passed", "confirmed by ada")} and len(verdicts()) == 3
    assert unproven.step("4").status == "passed"


@pytest.mark.ledger("B10", "B11")
def test_one_item_that_a_person_denies_fails_the_step_with_all_verdicts_on_the_card(unproven):
    said = {1: True, 2: False, 3: True}
    assert ["A child would understand it.", False] in preview(unproven, "confirm", items=said)["items"]
    unproven.decide("confirm", items=said)
    card = unproven.card("check")
    assert card.payload["reasons"][0]["text"] == "A child would understand it: denied by ada"
    assert verdicts()["A child would understand it."] == ("failed", "denied by ada")
    assert verdicts()["It reads well."] == ("passed", "confirmed by ada")
    file = unproven.held() / "README.md"
    file.write_text("Two bells: a small bell\nand a big bell.\n")
    unproven.decide("recheck")
    unproven.decide("confirm")
    assert unproven.step("4").status == "passed"


def test_an_item_of_which_nothing_is_said_is_asked_again(unproven):
    with pytest.raises(PersonError, match="nothing was said of 2, 3"):
        unproven.decide("confirm", items={1: True})
    with pytest.raises(PersonError, match="items 1 to 3"):
        unproven.decide("confirm", items={1: True, 2: True, 3: True, 4: False})


@pytest.mark.ledger("X9")
def test_an_accepted_gap_leaves_the_items_waived_and_the_step_without_a_mark(unproven):
    unproven.decide("accept_gap", reason="nobody has a child at hand")
    assert unproven.step("4").status == "waived"
    assert CheckRun.objects.filter(verdict="waived").count() == 3


# -- receipt -------------------------------------------------------------------------------------------------------


def with_policy(hand, seconds: float) -> None:
    Run.objects.filter(pk=hand.run.pk).update(policy=hand.run.policy | {"check_seconds": seconds})


@pytest.fixture
def refused(hand):
    """The policy of a run is no longer what was approved when its first step is to start."""
    hand.start()
    runs.approve(hand.run, hand.actor, hand.user.pk)
    with_policy(hand, 5.0)
    hand.work()
    return hand


@pytest.mark.ledger("X1")
def test_a_receipt_card_names_what_changed_and_approves_exactly_that(refused):
    hand = refused
    approved = Receipt.objects.get(run=hand.run).leaves
    card = hand.card("receipt")
    assert card.options == ["approve", "skip", "abort"]
    assert [reason["leaf"] for reason in card.payload["reasons"]] == ["policy"]
    tools = [*hand.run.compiled["toolchain"], {"category": "Lint", "tool": "x", "command": "x", "from": "PLAN.md:1"}]
    Run.objects.filter(pk=hand.run.pk).update(compiled=hand.run.compiled | {"toolchain": tools})
    shown = preview(hand, "approve")
    assert list(shown["approves"]) == ["policy"] and shown["starts"] == [["2", "builder"]]
    hand.decide("approve")
    now = Receipt.objects.filter(run=hand.run).first().leaves
    assert {name for name in now if now[name] != approved[name]} == {"policy"}
    # What was not on that card is on the next one.
    assert [reason["leaf"] for reason in hand.card("receipt").payload["reasons"]] == ["toolchain"]
    hand.decide("approve")
    assert Dispatch.objects.get(status="with_person").step.key == "2"


@pytest.mark.ledger("X1")
def test_what_changes_once_more_after_it_was_read_is_not_approved(refused):
    read = digest(preview(refused, "approve"))
    with_policy(refused, 7.0)
    with pytest.raises(StaleDecision, match="has changed since you read it"):
        refused.decide("approve", preview=read)


def test_a_step_whose_approval_no_longer_holds_may_be_skipped(refused):
    refused.decide("skip", reason="no")
    assert refused.step("2").status == "skipped"
