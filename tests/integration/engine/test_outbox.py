"""Landed and published are two things: what cannot be published waits, says why, and is tried again when asked."""

from __future__ import annotations

import pytest

from orchestrator.actions import outbox
from orchestrator.exceptions import PersonError
from orchestrator.models import Event, Line
from tests.integration.engine.hand import Hand
from tests.repositories import git, repository

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hand(tmp_path, data):
    hand = Hand(repository(tmp_path / "bells"))
    hand.start()
    hand.approve()
    return hand


def test_a_branch_that_was_refused_is_published_when_the_person_has_mended_why(hand):
    branch = hand.run.branch
    git(hand.source, "worktree", "add", "-q", "-b", branch, str(hand.source.parent / "elsewhere"))
    hand.do("bells.py", "\n\ndef small():\n    return 'ting'\n")
    line = Line.objects.get(run=hand.run)
    assert hand.step("2").status == "passed"
    assert (line.publish_state, "checked out in" in line.publish_detail) == ("refused", True)
    git(hand.source, "worktree", "remove", "--force", str(hand.source.parent / "elsewhere"))
    git(hand.source, "branch", "-D", branch)
    outbox.publish_again(hand.run, hand.actor)
    hand.work()
    line.refresh_from_db()
    assert (line.publish_state, line.publish_detail) == ("published", "")
    assert git(hand.source, "rev-parse", branch) == line.head_oid
    asked = Event.objects.get(chain=hand.run.pk, kind="line.asked_again")
    assert (asked.actor, asked.via) == ("ada", "command line")


def test_what_was_not_refused_is_not_tried_again(hand):
    with pytest.raises(PersonError, match="nothing to try again"):
        outbox.publish_again(hand.run, hand.actor)
