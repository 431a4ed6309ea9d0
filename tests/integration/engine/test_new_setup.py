"""A candidate that changes its lock files is set up anew: a person says whether, unless the policy does."""

from __future__ import annotations

import pytest

from orchestrator.engine.ground import Ground
from orchestrator.models import CheckRun, Finding, Run, Setup
from tests.integration.engine.hand import Hand
from tests.repositories import plan_of, repository

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ledger("X16")]

CONFIG = '[setup]\ncommands = ["mkdir .tools && cp requirements.txt .tools/installed"]\n'
INSTALLED = "It is installed — `grep -c rich .tools/installed` prints at least 1"


@pytest.fixture
def hand(tmp_path, data):
    files = {"signalbox.toml": CONFIG, ".gitignore": ".tools/\n", "requirements.txt": "bells==1\n"}
    hand = Hand(repository(tmp_path / "bells", files, plan=plan_of([INSTALLED], ["It is there — `test -f bells.py`"])))
    hand.start()
    return hand


def changed(hand: Hand) -> None:
    hand.do("requirements.txt", "rich==13\nhttpx==1\n")


def test_a_person_is_asked_with_the_packages_by_name_before_anything_is_fetched(hand):
    hand.approve()
    changed(hand)
    card = hand.card("new_setup")
    (reason,) = card.payload["reasons"]
    assert reason["files"] == ["requirements.txt"] and reason["packages"] == ["httpx", "rich"]
    assert "It adds httpx, rich." in reason["text"]
    assert card.options == ["allow", "rebuild", "skip", "abort"]
    assert Setup.objects.count() == 1 and not CheckRun.objects.exists()
    finding = Finding.objects.get(guard="setup")
    assert (finding.severity, finding.path) == ("advisory", "requirements.txt") and "httpx, rich" in finding.title


def test_allowed_once_it_is_set_up_checked_and_landed_and_the_next_step_has_it_without_another_setup(hand):
    hand.approve()
    before = hand.folder().parent
    changed(hand)
    hand.decide("allow")
    assert hand.step("1").status == "passed"
    assert [row.outcome for row in Setup.objects.all()] == ["made", "made"]
    assert Setup.objects.last().oid == hand.step("1").landed_oid
    assert "rich" in (hand.folder() / ".tools" / "installed").read_text()
    assert Setup.objects.count() == 2 and before.is_dir()
    assert Finding.objects.filter(guard="setup").count() == 1


def test_a_policy_that_allows_it_asks_nobody_and_still_finds_it(hand):
    Run.objects.filter(pk=hand.run.pk).update(policy=hand.run.policy | {"setup": "allow"})
    hand.run.refresh_from_db()
    hand.approve()
    changed(hand)
    assert hand.step("1").status == "passed"
    assert Finding.objects.filter(guard="setup").count() == 1


def test_files_that_name_no_packages_need_no_new_setup(hand):
    hand.approve()
    hand.append("requirements.txt", "rich\n")
    (hand.folder() / "requirements.txt").write_text("bells==1\n")
    hand.do("bells.py", "X = 1\n")
    assert hand.card("check") and Setup.objects.count() == 1
    assert len(Ground.of(hand.project).store.all()) == 1
