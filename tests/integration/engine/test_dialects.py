"""What the engine owes every dialect: parents with their parts, skipped steps, lists behind a tag, plans by name."""

from __future__ import annotations

import json
import re

import pytest
from django.urls import reverse

from orchestrator import queries
from orchestrator.actions import drift, plans, runs
from orchestrator.actions.runs import find_run
from orchestrator.exceptions import PersonError
from orchestrator.proofs import ticks
from orchestrator.reports import overview
from tests.integration.engine.hand import Hand
from tests.repositories import git, repository

pytestmark = pytest.mark.django_db(transaction=True)

KIRO = """# Implementation Plan

- [ ] 1. Lend packets
  - [ ] 1.1 Write the module
  - [ ] 1.2 Write the page
- [ ] 2. Bring seeds back
  - [ ] 2.1 Write the form
"""

TASKS = {
    "master": {"tasks": [{"id": 1, "title": "Water", "status": "pending"}]},
    "seeds": {
        "tasks": [
            {
                "id": 1,
                "title": "Lend",
                "status": "pending",
                "subtasks": [{"id": 1, "title": "Module", "status": "pending"}],
            },
            {"id": 2, "title": "Return", "status": "pending", "dependencies": [1]},
        ]
    },
}

MILESTONE = """# M{number} — {title}

## Goal

{title}.

## Deliverables

### Backend

- A module `{name}.py`.

### Pages

- [ ] A page.

## User journeys

_No product UI in this milestone._
"""


@pytest.fixture
def kiro(tmp_path, data):
    return Hand(repository(tmp_path / "seeds", {".kiro/specs/seeds/tasks.md": KIRO}, plan=None))


def plan_at(hand: Hand, path: str, branch: str | None = None) -> str:
    return git(hand.source, "show", f"{branch or hand.run.branch}:{path}")


def shown(hand: Hand) -> str:
    value = queries.run_as_dict(hand.run) | {"digest": ""}
    return overview(find_run(hand.run.pk), value)


@pytest.mark.ledger("X17", "X2")
def test_a_parent_is_no_work_of_its_own_and_is_ticked_in_the_commit_of_its_last_part(kiro):
    kiro.start(scope="1")
    kiro.approve()
    assert [(step.key, step.status) for step in kiro.run.steps.order_by("position")] == [
        ("1.1", "active"), ("1.2", "ready"), ("2.1", "out_of_scope")
    ]  # fmt: skip
    kiro.do("lending.py", "one\n")
    path = ".kiro/specs/seeds/tasks.md"
    assert plan_at(kiro, path) == KIRO.replace("[ ] 1.1", "[x] 1.1").strip()
    kiro.do("page.py", "two\n")
    both = KIRO.replace("[ ] 1", "[x] 1")
    assert plan_at(kiro, path) == both.strip()
    found = ticks(kiro.project, path, kiro.run.branch)
    last = kiro.step("1.2").landed_oid
    assert [(tick.key, tick.commit) for tick in found] == [
        ("1", last), ("1.1", kiro.step("1.1").landed_oid), ("1.2", last)
    ]  # fmt: skip


@pytest.mark.ledger("X2", "X17")
def test_a_skipped_part_gets_no_mark_and_neither_does_its_parent(tmp_path, data):
    plan = KIRO.replace("1.2 Write the page\n", "1.2 Write the page\n    - [ ] `test -f page.py`\n")
    hand = Hand(repository(tmp_path / "seeds", {".kiro/specs/seeds/tasks.md": plan}, plan=None))
    hand.start(scope="1")
    hand.approve()
    hand.do("lending.py", "one\n")
    hand.do("other.py", "two\n")
    hand.decide("skip", reason="not this year")
    assert hand.step("1.2").status == "skipped"
    assert plan_at(hand, ".kiro/specs/seeds/tasks.md") == plan.replace("[ ] 1.1", "[x] 1.1").strip()


@pytest.mark.ledger("X17")
def test_what_needs_a_parent_waits_for_its_parts_and_another_tag_stays_as_it_is(tmp_path, data):
    text = json.dumps(TASKS, indent=2)
    hand = Hand(repository(tmp_path / "seeds", {".taskmaster/tasks/tasks.json": text}, plan=None))
    hand.start(plan=".taskmaster/tasks/tasks.json#seeds")
    assert [(step["key"], step["depends_on"]) for step in hand.run.compiled["plan"]["steps"]] == [
        ("1.1", []), ("2", ["1.1"])
    ]  # fmt: skip
    hand.approve()
    hand.do("lending.py", "one\n")
    hand.do("returning.py", "two\n")
    value = json.loads(plan_at(hand, ".taskmaster/tasks/tasks.json"))
    assert value["master"] == TASKS["master"]
    assert [task["status"] for task in value["seeds"]["tasks"]] == ["done", "done"]


@pytest.mark.ledger("X17")
def test_a_run_writes_its_marks_in_the_dialect_that_a_person_chose_and_verify_reads_them_so(tmp_path, data):
    hand = Hand(repository(tmp_path / "bells", {"PLAN.md": "# To do\n\n- [ ] Ring\n- [ ] Sing\n"}, plan=None))
    plan = plans.read(hand.project, "PLAN.md", hand.actor)
    plan.refresh_from_db()
    assert plan.dialect == "checklist"
    plans.choose_dialect(plan, "execplan", hand.actor)
    hand.start(plan="PLAN.md")
    hand.approve()
    hand.do("ring.py", "one\n")
    assert re.search(r"- \[x\] \([0-9-]{10} [0-9:]{5}Z\) Ring\n- \[ \] Sing", plan_at(hand, "PLAN.md"))
    assert [(tick.line, tick.commit) for tick in ticks(hand.project, "PLAN.md", hand.run.branch)] == [
        (3, hand.step("1").landed_oid)
    ]


def test_a_plan_with_a_key_that_no_row_can_hold_is_refused_with_its_line(tmp_path, data):
    text = f"# P\n\n### Step 1: A\n\n- [ ] a\n\n### Step 1{'.1' * 100}: B\n\n- [ ] b\n"
    hand = Hand(repository(tmp_path / "bells", {"PLAN.md": text}, plan=None))
    with pytest.raises(PersonError, match=r"PLAN\.md:7: the key 1\.1.* is longer than 80 characters"):
        hand.start(plan="PLAN.md")


@pytest.fixture
def milestones(tmp_path, data):
    names = [(4, "channels"), (5, "voice"), (6, "voice-notes")]
    files = {
        f"docs/plans/m{n}-{name}.md": MILESTONE.format(number=n, title=name.title(), name=name) for n, name in names
    }
    return Hand(repository(tmp_path / "talk", files, plan=None))


@pytest.mark.ledger("M1")
@pytest.mark.parametrize("wanted", ["m4", "4", "channels", "m4-channels", "docs/plans/m4-channels.md"])
def test_a_run_starts_from_a_plans_number_name_or_path(milestones, wanted):
    assert milestones.start(plan=wanted).plan.path == "docs/plans/m4-channels.md"


@pytest.mark.ledger("M1")
@pytest.mark.parametrize("wanted", ["m4 voice", "m5 channels"])
def test_a_number_and_a_name_of_different_plans_list_the_candidates(milestones, wanted):
    with pytest.raises(PersonError, match=r"Name one:\n  docs/plans/m4-channels\.md .*\n  docs/plans/m5-voice\.md"):
        milestones.start(plan=wanted)


@pytest.mark.ledger("M1")
def test_a_name_that_no_plan_has_is_a_sentence(milestones):
    with pytest.raises(PersonError, match="There is no plan m9"):
        milestones.start(plan="m9")


@pytest.mark.ledger("M1")
def test_a_scope_by_the_name_of_a_part_keeps_only_what_is_in_it(milestones):
    run = milestones.start(plan="m4", scope="Backend")
    starts = {step["key"]: step["start"] for step in run.compiled["plan"]["steps"]}
    assert starts == {"D1": "waiting", "D2": "out_of_scope"}


@pytest.mark.ledger("X17")
def test_the_approval_says_which_steps_have_no_place_for_a_mark(milestones, client):
    milestones.start(plan="m4")
    told = "the box of the deliverable, in the commit of the step that passed (milestone); no place for it in D1."
    assert f"Marks: {told}" in shown(milestones)
    client.force_login(milestones.user)
    page = client.get(reverse("dispatch", args=[milestones.run.pk])).content.decode()
    assert f"Marks in the plan: {told}" in page


@pytest.mark.ledger("X2", "X17")
def test_an_edit_during_a_pause_joins_with_marks_in_the_dialects_own_way(tmp_path, data):
    text = json.dumps(TASKS, indent=2)
    name = ".taskmaster/tasks/tasks.json"
    hand = Hand(repository(tmp_path / "seeds", {name: text}, plan=None))
    hand.start(plan=f"{name}#seeds")
    hand.approve()
    hand.do("lending.py", "one\n")
    runs.pause(hand.run, hand.actor)
    hand.work()
    (hand.source / name).write_text(text.replace('"Water"', '"Water them"').replace('"Return"', '"Bring back"'))
    assert runs.resume(find_run(hand.run.pk), hand.actor, hand.user.pk).steps.edited == ("2",)
    hand.work()
    hand.do("returning.py", "two\n")
    value = json.loads(plan_at(hand, name))
    assert value["master"]["tasks"] == [{"id": 1, "title": "Water them", "status": "pending"}]
    assert [(task["title"], task["status"]) for task in value["seeds"]["tasks"]] == [
        ("Lend", "done"), ("Bring back", "done")
    ]  # fmt: skip


@pytest.mark.ledger("X2", "X17")
def test_a_mark_in_another_tag_is_no_edit_of_the_plan(tmp_path, data):
    text = json.dumps(TASKS, indent=2)
    name = ".taskmaster/tasks/tasks.json"
    hand = Hand(repository(tmp_path / "seeds", {name: text}, plan=None))
    hand.start(plan=f"{name}#seeds")
    hand.approve()
    (hand.source / name).write_text(text.replace('"pending"', '"done"', 1))
    assert drift.find(hand.run) is None


@pytest.mark.ledger("X17")
def test_a_step_that_gets_parts_while_the_run_pauses_gives_its_place_to_them(kiro):
    kiro.start(scope="2")
    kiro.approve()
    runs.pause(kiro.run, kiro.actor)
    file = kiro.source / ".kiro/specs/seeds/tasks.md"
    file.write_text(KIRO + "    - [ ] 2.1.1 Draw it\n")
    runs.resume(find_run(kiro.run.pk), kiro.actor, kiro.user.pk)
    statuses = {step.key: step.status for step in kiro.run.steps.all()}
    assert "2.1.1" in statuses and statuses["2.1"] == "removed", statuses
