"""The example's whole story, played once with scripted agents; every test looks at what it left."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.test import override_settings

from orchestrator import chain, example, reports
from orchestrator.actions import runs
from orchestrator.markdown import markdown
from orchestrator.models import CheckRun, Event, RunStep, Workspace
from tests.integration.engine.story import Story
from tests.repositories import git


@pytest.fixture(scope="module")
def played(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock(), override_settings(DATA=tmp_path_factory.mktemp("data")):
        story = Story()
        story.to_the_end()
        yield story
        call_command("flush", verbosity=0, interactive=False)


@pytest.mark.ledger("B6", "B7", "B13", "B17", "X2", "X15")
def test_the_whole_story_ends_as_it_should(played):
    run = played.run
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


def test_each_check_is_one_line_of_the_report_whatever_its_command_looks_like(played):
    text = markdown(reports.report(played.run))
    entries = [line for line in text.splitlines() if line.startswith("  - passed: ")]
    assert entries and all(line.count("`") % 2 == 0 and line.endswith((")", ".", "`")) for line in entries), entries


@pytest.mark.ledger("B7", "C1")
def test_there_were_never_two_live_dispatches_and_each_step_was_built_reviewed_verified_in_order(played):
    live = 0
    for event in Event.objects.filter(chain=played.run.pk).order_by("seq"):
        if event.kind == "dispatch.claimed":
            live += 1
        elif event.kind in ("dispatch.reported", "dispatch.errored"):
            live -= 1
        assert live in (0, 1), event
    kinds = [e.kind for e in Event.objects.filter(chain=played.run.pk, step="2").order_by("seq")]
    order = [k for k in kinds if k in ("step.dispatched", "step.stage_passed", "candidate.green", "step.landed")]
    assert order == ["step.dispatched", "step.stage_passed", "step.stage_passed", "candidate.green", "step.landed"]
    numbers = played.run.batch_rows.values_list("steps", flat=True)
    assert all(len(steps) <= 3 for steps in numbers)
    groups = {row.pk: row.group for row in RunStep.objects.filter(run=played.run)}
    assert all(len({groups[pk] for pk in steps}) == 1 for steps in numbers)


@pytest.mark.ledger("B10", "B11")
def test_items_without_a_command_are_proven_by_what_the_verifier_named_and_the_engine_ran(played):
    named = CheckRun.objects.filter(source="verifier")
    assert named.count() == 2 and {check.verdict for check in named} == {"passed"}
    assert any(check.exit_code == 0 for check in named)


def test_the_repeated_story_says_the_same_twice_in_one_installation(played):
    again = runs.start(played.run.project, runs.Wish(plan="PLAN.md"), played.actor, played.user.pk)
    assert again.pk != played.run.pk and again.status == "awaiting_approval"
