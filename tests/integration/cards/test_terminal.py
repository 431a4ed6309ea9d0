"""Cards in a terminal: whole, once, with what each answer would do; a wrong answer is one sentence."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from orchestrator.summaries import summary

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def said(capsys):
    """What a command prints."""

    def run(*words: str) -> str:
        capsys.readouterr()
        call_command(*words)
        return capsys.readouterr().out

    return run


@pytest.fixture
def refused(capsys):
    """What stderr says, with exit 2 and nothing else."""

    def run(*words: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            call_command(*words)
        heard = capsys.readouterr()
        assert ended.value.code == 2 and heard.out == "" and heard.err.count("\n") == 1
        return heard.err

    return run


@pytest.fixture
def failed(hand):
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    return str(hand.card("check").pk)


@pytest.mark.ledger("B12")
def test_a_card_is_told_once_and_whole(hand, failed, said):
    shown = said("run", "show", str(hand.run.pk))
    assert shown.count("exit 1, expected 0") == 1 and shown.count("AssertionError") == 1
    assert f"cd {hand.held()}" in shown
    for option in ("recheck", "rebuild", "skip", "accept_gap", "abort"):
        assert f"› {option}" in shown
    assert f"manage.py decide {failed}" in said("inbox")


@pytest.mark.ledger("X9")
def test_without_an_option_each_is_told_with_what_it_would_do(failed, said):
    shown = said("decide", failed)
    assert "Nothing was changed by hand since the attempt" in shown
    assert "Starts attempt 2 of the build, on top of the work so far" in shown
    assert "becomes skipped, not complete" in shown and "Blocked by it: step 3, Add the big bell." in shown
    assert "The run becomes: aborted." in shown


def test_a_wrong_answer_is_one_sentence(failed, refused):
    assert "'fly' is not among them" in refused("decide", failed, "fly")
    assert "needs a reason" in refused("decide", failed, "skip")
    assert "needs instructions" in refused("decide", failed, "rebuild")
    assert "has changed since you read it" in refused("decide", failed, "skip", "--reason", "x", "--card-version", "9")
    assert "no decision 9999" in refused("decide", "9999")
    assert "can no longer be taken back" in refused("decide", failed, "undo")


@pytest.mark.ledger("X9")
def test_an_answered_card_says_who_chose_what(hand, failed, said, refused):
    said("decide", failed, "skip", "--reason", "no bell", "--now")
    assert "ada chose 'skip'" in refused("decide", failed, "recheck")
    assert "ada chose 'skip'" in refused("decide", failed, "recheck", "--preview")


@pytest.mark.ledger("B10")
def test_items_are_numbered_and_denied_by_number(hand, said, refused):
    hand.start(scope="4")
    hand.approve()
    hand.do("README.md", "A small bell.\nA big bell.\n")
    card = str(hand.card("unproven").pk)
    assert "1. It reads well." in said("decide", card)
    assert "1 to 1" in refused("decide", card, "confirm", "--deny", "2")
    assert "Does not hold: It reads well." in said("decide", card, "confirm", "--deny", "1")
    hand.work()
    assert "It reads well: denied by ada" in said("run", "show", str(hand.run.pk))


@pytest.mark.ledger("B7", "B17")
def test_a_batch_card_sums_up_its_steps_and_tells_what_comes_next(small_bell, said):
    hand = small_bell
    hand.do("bells.py", "\n\ndef big():\n    return 'bang'\n")
    hand.decide("skip", reason="later")
    card = hand.card("batch")
    shown = said("decide", str(card.pk))
    landed = hand.step("2").landed_oid[:10]
    assert f"passed · 2 files · checks 2/2 · commit {landed}" in shown
    assert "skipped, not complete · checks 0/1" in shown
    assert (
        "In all    1 of 2 passed · 2 files (+7 −3) · 0 blocking and 0 advisory findings · checks 2/3 · 1 commit"
        in shown
    )
    assert "The run   1 of 4 passed, 1 complete before · checks 2/3 · 1 commit" in shown
    assert "Next      step 4, Describe the bells" in shown
    value = summary(hand.run, hand.run.batch_rows.get().steps, card)
    assert [step["key"] for step in value["steps"]] == ["2", "3"]


@pytest.mark.ledger("B5")
def test_who_commits_themself_is_told_where_and_what_an_edit_of_the_plan_does(hand, said):
    hand.start(git="user")
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")
    shown = said("run", "show", str(hand.run.pk))
    assert "git add -A && git commit -m 'feat: add the small bell (step 2)'" in shown
    assert "passed · 2 files · checks 2/2 · left for you to commit as tree " in shown
