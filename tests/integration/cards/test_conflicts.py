"""What landed meanwhile and a step's work clash, or the branch never holds still."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.actions import decisions, handing, runs
from orchestrator.engine import worker
from orchestrator.engine.recover import Sweep
from orchestrator.exceptions import PersonError
from orchestrator.models import Line
from tests.repositories import git

pytestmark = pytest.mark.django_db(transaction=True)

TING, BONG = "\n\ndef small():\n    return 'ting'\n", "\n\ndef tower():\n    return 'clang'\n"


def clone(hand) -> Path:
    return Path(Line.objects.get(run=hand.run).clone)


def write(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def preview(hand, option, **answer):
    return decisions.preview(hand.card().pk, decisions.Answer(option, **answer))


@pytest.fixture
def clash(hand):
    """The person commits in their clone while step 2 is being done; both write to the end of bells.py."""
    hand.start(git="user")
    hand.approve()
    hand.append("bells.py", TING)
    write(clone(hand) / "bells.py", BONG)
    git(clone(hand), "commit", "-qam", "A tower bell")
    hand.done()
    return hand


@pytest.mark.ledger("B5", "X9")
def test_a_conflict_is_resolved_by_hand_in_the_worktree_that_the_card_names(clash):
    card = clash.card("conflict")
    assert card.options == ["recheck", "rebuild", "skip", "abort"]
    assert card.payload["reasons"][0]["files"] == ["bells.py"]
    file = clash.held() / "bells.py"
    assert "<<<<<<<" in file.read_text() and "clang" in file.read_text() and "ting" in file.read_text()
    with pytest.raises(PersonError, match=r"conflict markers in bells\.py are still there"):
        clash.decide("recheck")
    Sweep().tick()
    file.write_text('"""Bells."""\n' + TING + BONG)
    shown = preview(clash, "recheck")
    assert [edit[0] for edit in shown["edits"]] == ["bells.py"] and shown["steps"]["2"][1] == "landing"
    clash.decide("recheck")
    assert clash.step("2").status == "passed"
    assert git(clone(clash), "log", "-1", "--format=%s") == "A tower bell"
    landed = (clone(clash) / "bells.py").read_text()
    assert "clang" in landed and "ting" in landed and "<<<<<<<" not in landed


@pytest.mark.ledger("B5")
def test_a_rebuild_after_a_conflict_works_on_the_merged_base(clash):
    clash.decide("rebuild", instructions="Put the small bell above the tower bell.")
    file = clash.folder() / "bells.py"
    assert "<<<<<<<" in file.read_text()
    file.write_text('"""Bells."""\n' + TING + BONG)
    clash.done()
    assert clash.step("2").status == "passed"
    assert "clang" in (clone(clash) / "bells.py").read_text()


def test_a_rebuild_from_what_has_landed_knows_nothing_of_the_clash(clash):
    clash.decide("rebuild", instructions="Again.", base="fresh")
    text = (clash.folder() / "bells.py").read_text()
    assert "clang" in text and "ting" not in text and "<<<<<<<" not in text


def test_skipping_what_conflicts_leaves_the_persons_commit_alone(clash):
    clash.decide("skip", reason="one bell is enough")
    assert clash.step("2").status == "skipped"
    assert (clone(clash) / "bells.py").read_text().endswith(BONG)


@pytest.mark.ledger("B16")
def test_what_landed_between_two_attempts_is_not_reverted_by_the_second(hand):
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'clonk'\n")
    runs.pause(hand.run, hand.actor)
    hand.work()
    plan = hand.source / "PLAN.md"
    plan.write_text(plan.read_text().replace("names both bells", "names all bells"))
    runs.resume(hand.run, hand.actor, hand.user.pk)
    hand.work()
    hand.decide("rebuild", instructions="Say ting.")
    file = hand.folder() / "bells.py"
    file.write_text(file.read_text().replace("clonk", "ting"))
    hand.done()
    landed = git(hand.source, "show", f"{hand.step('2').landed_oid}:PLAN.md")
    assert "names all bells" in landed and "### ✅ Step 2" in landed


@pytest.fixture
def restless(hand):
    """The person writes in their clone whenever the step is about to land."""
    hand.start(git="user")
    hand.approve()
    hand.append("bells.py", TING)
    handing.hand_in(handing.handed_out(hand.run), hand.actor)
    for number in range(10):
        (clone(hand) / "notes.txt").write_text(f"note {number}\n")
        if not worker.work_once(hand.run.pk):
            break
    hand.run.refresh_from_db()
    return hand


@pytest.mark.ledger("X9")
def test_a_branch_that_never_holds_still_is_a_persons_question(restless):
    card = restless.card("stale")
    assert card.options == ["recheck", "rebuild", "skip", "abort"]
    assert restless.run.candidates.get().stale == 5
    assert preview(restless, "recheck")["steps"]["2"] == ["needs_decision", "landing"]
    restless.decide("recheck")
    assert restless.step("2").status == "passed"
    assert (clone(restless) / "notes.txt").read_text().startswith("note")


def test_a_step_whose_branch_never_held_still_may_be_skipped(restless):
    shown = preview(restless, "skip", reason="later")
    assert shown["blocked"] == [["3", "2"]]
    restless.decide("skip", reason="later")
    assert (restless.step("2").status, restless.step("3").status) == ("skipped", "blocked")
