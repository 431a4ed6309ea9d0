"""The example with scripted agents: the model is played, all else is real."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

from orchestrator import chain, example, queries, reports
from orchestrator.actions import decisions, runs
from orchestrator.engine import worker
from orchestrator.engine.transitions import Actor
from orchestrator.models import CheckRun, Decision, Dispatch, Event, Finding, Run, RunStep, Workspace
from tests.repositories import git

pytestmark = pytest.mark.django_db(transaction=True)


class Story:
    """The example's run, answered from its story."""

    def __init__(self) -> None:
        self.user = get_user_model()._default_manager.create(username="ada", is_superuser=True)
        self.actor = Actor("ada", "command line")
        run = example.ensure_run(self.actor, self.user.pk)
        self.run = runs.approve(run, self.actor, self.user.pk, git="engine")

    def work(self) -> None:
        while worker.work_once(self.run.pk):
            pass
        self.run.refresh_from_db()

    def answer(self) -> bool:
        """Answer the open card as the story says; False when there is none."""
        card = Decision.objects.filter(run=self.run, status="open").first()
        if card is None:
            return False
        steps = queries.subjects(card)
        said = example.answer_for(steps[0].key if steps else "", card.kind)
        if said.edit:
            file = Path(queries.held_worktree(card)) / said.edit["path"]
            file.write_text(file.read_text().replace(said.edit["old"], said.edit["new"]))
        given = decisions.Answer(said.option, reason=said.reason, instructions=said.instructions, at_once=True)
        decisions.decide(card.pk, given, self.actor, self.user.pk)
        return True

    def until(self, kind: str) -> Decision:
        """Go on until a card of this kind is open."""
        while True:
            self.work()
            card = Decision.objects.filter(run=self.run, status="open").first()
            if card is None or card.kind == kind:
                return card
            self.answer()

    def to_the_end(self) -> Run:
        self.work()
        while self.answer():
            self.work()
        return self.run


@pytest.fixture
def story(data):
    return Story()


@pytest.mark.ledger("B6", "B7", "B13", "B17", "X2", "X15")
def test_the_whole_story_ends_as_it_should(story):
    run = story.to_the_end()
    value = reports.report(run)
    wanted = example.expected()
    for status in ("passed", "skipped", "blocked", "already_done"):
        assert [s["key"] for s in value["steps"] if s["status"] == status] == wanted[status], status
    source = example.repository()
    subjects = git(source, "log", "--reverse", "--format=%s", f"main..{run.branch}").splitlines()
    assert len(subjects) == wanted["commits"] and all("(step " in subject for subject in subjects)
    assert git(source, "status", "--porcelain") == ""
    assert list(chain.verify()) == []
    steps = {s["key"]: s for s in value["steps"]}
    assert steps["2"]["advisory"] and steps["2"]["status"] == "passed"
    assert {key: steps[key]["checks_passed"] for key in wanted["passed"]} == {
        key: wanted["checks"][key] for key in wanted["passed"]
    }
    assert not Workspace.objects.filter(status="live", step__status="passed").exists()


@pytest.mark.ledger("B7", "C1")
def test_there_were_never_two_live_dispatches_and_each_step_was_built_reviewed_verified_in_order(story):
    story.to_the_end()
    live = 0
    for event in Event.objects.filter(chain=story.run.pk).order_by("seq"):
        if event.kind == "dispatch.claimed":
            live += 1
        elif event.kind in ("dispatch.reported", "dispatch.errored"):
            live -= 1
        assert live in (0, 1), event
    kinds = [e.kind for e in Event.objects.filter(chain=story.run.pk, step="2").order_by("seq")]
    order = [k for k in kinds if k in ("step.dispatched", "step.stage_passed", "candidate.green", "step.landed")]
    assert order == ["step.dispatched", "step.stage_passed", "step.stage_passed", "candidate.green", "step.landed"]
    numbers = story.run.batch_rows.values_list("steps", flat=True)
    assert all(len(steps) <= 3 for steps in numbers)
    groups = {row.pk: row.group for row in RunStep.objects.filter(run=story.run)}
    assert all(len({groups[pk] for pk in steps}) == 1 for steps in numbers)


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


@pytest.mark.ledger("B10", "B11")
def test_items_without_a_command_are_proven_by_what_the_verifier_named_and_the_engine_ran(story):
    story.to_the_end()
    named = CheckRun.objects.filter(source="verifier")
    assert named.count() == 2 and {check.verdict for check in named} == {"passed"}
    assert any(check.exit_code == 0 for check in named)


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


def test_the_repeated_story_says_the_same_twice_in_one_installation(story):
    story.to_the_end()
    again = runs.start(story.run.project, runs.Wish(plan="PLAN.md"), story.actor, story.user.pk)
    assert again.pk != story.run.pk and again.status == "awaiting_approval"
