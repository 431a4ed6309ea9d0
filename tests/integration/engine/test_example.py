"""The example with scripted agents: the model is played, all else is real."""

from __future__ import annotations

import pytest

from orchestrator.models import CheckRun, Dispatch, Finding
from tests.integration.engine.story import Story
from tests.repositories import git

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(data):
    return Story()


@pytest.mark.ledger("B9", "B12")
def test_a_blocking_review_stops_before_verification_and_shows_the_place(story):
    card = story.until("review")
    assert card.payload["reasons"][0]["path"] == "tidebook/heights.py"
    finding = Finding.objects.get(severity="blocking")
    text = story.run.steps.get(key="3")
    assert finding.line == card.payload["reasons"][0]["line"] and text.status == "needs_decision"
    assert not CheckRun.objects.filter(candidate__step=text).exists()
    reviewed = Dispatch.objects.filter(step=text, role="reviewer").get()
    assert "for orientation only" in reviewed.brief and [c["verdict"] for c in reviewed.report["criteria"]]
    story.answer()
    story.work()
    finding.refresh_from_db()
    assert finding.status == "addressed"
    assert story.run.steps.get(key="3").status == "passed"


@pytest.mark.ledger("B8")
def test_the_builders_summary_is_kept_with_its_parts(story):
    story.until("review")
    summary = story.run.steps.get(key="2").summary
    assert summary["files"] and all(file["intent"] for file in summary["files"])
    assert "decisions" in summary and "deviations" in summary


@pytest.mark.ledger("X15")
def test_a_rehearsal_in_a_foreign_repository_publishes_nothing(data, tmp_path):
    from tests.integration.engine.hand import Hand
    from tests.repositories import repository

    hand = Hand(repository(tmp_path / "bells"))
    before = git(hand.source, "for-each-ref")
    hand.start(runner="anthropic_api", scope="2")
    assert hand.run.scripted
    hand.approve()
    card = hand.card("check")
    assert "exit 1" in card.payload["reasons"][0]["text"]
    assert git(hand.source, "for-each-ref") == before
    hand.decide("accept_gap", reason="a rehearsal builds no bell")
    assert hand.step("2").status == "waived"
    assert git(hand.source, "for-each-ref") == before
    line = hand.run.lines.get()
    assert line.publish_state == "none" and "no model wrote this" in line.publish_detail
