"""User-managed git: the engine commits nothing, the person looks, commits and says when to go on (B5)."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.actions import runs
from orchestrator.models import Line
from tests.integration.engine.hand import Hand
from tests.repositories import git, repository

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hand(tmp_path, data):
    hand = Hand(repository(tmp_path / "bells"))
    hand.start(git="user")
    hand.approve()
    return hand


@pytest.fixture
def clone(hand) -> Path:
    return Path(Line.objects.get(run=hand.run).clone)


def pass_two(hand):
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")


@pytest.mark.ledger("B5", "B15", "X2")
def test_a_passed_step_lies_uncommitted_in_the_clone_with_its_marks_and_the_run_waits(hand, clone):
    before = git(hand.source, "for-each-ref")
    pass_two(hand)
    assert git(clone, "log", "--format=%s") == "Begin"
    assert git(clone, "status", "--porcelain") == "M PLAN.md\n M bells.py"
    assert "### ✅ Step 2:" in (clone / "PLAN.md").read_text()
    assert git(hand.source, "for-each-ref") == before
    assert hand.card("step").options == ["continue", "stop", "abort"]
    hand.work()
    assert hand.step("3").status != "active"


@pytest.mark.ledger("B5")
def test_the_next_step_builds_on_what_the_person_committed_and_changed(hand, clone):
    pass_two(hand)
    (clone / "bells.py").write_text((clone / "bells.py").read_text() + "\n# tuned\n")
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "My own words")
    (clone / "notes.txt").write_text("uncommitted\n")
    hand.decide("continue")
    assert "# tuned" in (hand.folder() / "bells.py").read_text()
    assert (hand.folder() / "notes.txt").read_text() == "uncommitted\n"
    hand.do("bells.py", "\n\ndef big():\n    return 'bong'\n")
    assert hand.step("3").status == "passed"
    assert git(clone, "log", "--format=%s").splitlines()[0] == "My own words"
    assert "bong" in (clone / "bells.py").read_text() and "# tuned" in (clone / "bells.py").read_text()


@pytest.mark.ledger("B5", "B7")
def test_every_step_pauses_also_inside_a_batch_and_the_batch_ends_with_its_own_card(hand, clone):
    pass_two(hand)
    hand.decide("continue")
    hand.do("bells.py", "\n\ndef big():\n    return 'bong'\n")
    hand.decide("continue")
    hand.do("README.md", "A small bell.\nA big bell.\n")
    hand.decide("confirm")
    assert sorted(c.kind for c in hand.run.decisions.filter(status="open")) == ["batch", "step"]


def test_what_the_person_writes_while_a_step_is_under_way_is_never_overwritten(hand, clone):
    hand.append("bells.py", "\n\ndef small():\n    return 'ting'\n")
    (clone / "mine.txt").write_text("while you worked\n")
    hand.done()
    assert hand.step("2").status == "passed"
    assert (clone / "mine.txt").read_text() == "while you worked\n"
    assert hand.run.candidates.get().stale == 1


@pytest.mark.ledger("B16")
def test_edits_to_the_plan_in_the_clone_are_honoured(hand, clone):
    pass_two(hand)
    plan = clone / "PLAN.md"
    plan.write_text(plan.read_text().replace("Add `big` to", "Add a very big `big` to"))
    hand.decide("continue")
    assert "very big" in hand.run.dispatches.order_by("-id").first().brief
    assert "### ✅ Step 2:" in plan.read_text()


@pytest.mark.ledger("B4")
def test_the_mode_is_fixed_for_the_run(hand):
    from orchestrator.exceptions import PersonError

    with pytest.raises(PersonError, match="can no longer be changed"):
        runs.rescope(hand.run, git="engine", actor=hand.actor)


@pytest.mark.ledger("B4")
def test_a_switch_is_an_explicit_recorded_act_between_steps(hand, clone):
    from orchestrator.actions import git_mode
    from orchestrator.exceptions import PersonError
    from orchestrator.models import Event

    with pytest.raises(PersonError, match="Step 2 is under way"):
        git_mode.switch(hand.run, "engine", hand.actor, hand.user.pk)
    pass_two(hand)
    with pytest.raises(PersonError, match="not committed"):
        git_mode.switch(hand.run, "engine", hand.actor, hand.user.pk)
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "feat: my own words for step 2")
    git_mode.switch(hand.run, "engine", hand.actor, hand.user.pk)
    hand.run.refresh_from_db()
    hand.decide("continue")
    hand.do("bells.py", "\n\ndef big():\n    return 'bong'\n")
    subjects = git(hand.source, "log", "--format=%s", f"main..{hand.run.branch}").splitlines()
    assert subjects == ["feat: add the big bell (step 3)", "feat: my own words for step 2"]
    event = Event.objects.get(kind="run.git_switched")
    assert (event.actor, event.via) == ("ada", "command line")
    theirs = git(clone, "rev-parse", "HEAD")
    builder = hand.step("3").dispatches.get(role="builder")
    assert builder.contains == [["2", theirs]], "their commit stands for ours"


@pytest.mark.ledger("X1")
def test_a_switch_approves_the_git_mode_and_not_a_policy_that_changed_beside_it(hand, clone):
    from orchestrator.actions import git_mode
    from orchestrator.models import Run

    pass_two(hand)
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "feat: step 2")
    Run.objects.filter(pk=hand.run.pk).update(policy=hand.run.policy | {"check_seconds": 5.0})
    hand.run.refresh_from_db()
    git_mode.switch(hand.run, "engine", hand.actor, hand.user.pk)
    hand.decide("continue")
    assert [reason["leaf"] for reason in hand.card("receipt").payload["reasons"]] == ["policy"]
