"""Shapes that teams give a dialect's file besides its usual one: each is still read in that dialect."""

from __future__ import annotations

import pytest

from plans.types import ParsedPlan
from plans.writeback import mark_passed
from tests.unit.plans.samples import read

TASKS = (
    "# Tasks\n\n## Phase 1: Lending\n\n### Task 1.1: Model ✅\n\nText.\n\n"
    "### Task 1.2: Route\n- **Depends**: 1.1\n- **Acceptance**:\n  - [ ] answers\n  - [ ] refuses\n"
)


def shown(plan: ParsedPlan) -> list[tuple[str, str, bool]]:
    return [(step.key, step.title, step.done) for step in plan.steps]


@pytest.mark.parametrize(
    ("dialect", "path"), [("openspec", "openspec/changes/lend/tasks.md"), ("kiro", ".kiro/specs/lend/tasks.md")]
)
def test_tasks_that_are_headings_are_read_in_the_dialect_of_their_place(dialect, path):
    plan = read(TASKS, path)
    assert plan.dialect == dialect
    assert shown(plan) == [("1.1", "Model", True), ("1.2", "Route", False)]
    assert (plan.steps[1].depends_on, len(plan.steps[1].checks)) == (("1.1",), 2)
    assert read(mark_passed(TASKS.encode(), "1.2", path).decode(), path).steps[1].done


def test_a_story_without_a_task_section_has_the_tasks_of_its_sprints():
    story = "# Story 4.5: Lend\n\n## Status\n\n### Sprint 1: Core\n\n#### Task 1.1: Model [2 hours]\n- [x] table\n"
    plan = read(story, "docs/stories/4.5.story.md")
    assert (plan.dialect, shown(plan)) == ("bmad", [("1.1", "Model [2 hours]", True)])


def test_a_storys_tasks_may_be_a_numbered_list():
    story = (
        "# Story 1.6: Lend\n\n## Tasks / Subtasks\n\n1. Model (AC: 1)\n   - a table\n2. Route\n\n## QA\n\n- [x] seen\n"
    )
    plan = read(story, "docs/stories/1.6.story.md")
    assert (plan.dialect, shown(plan)) == ("bmad", [("1", "Model (AC: 1)", False), ("2", "Route", False)])
    assert "a table" in plan.steps[0].instructions["build"].text


def test_a_task_breakdown_is_no_story():
    text = "# EP-12\n\n## Done Criteria\n- [ ] quick\n\n## Task Breakdown\n1. [x] Model\n2. [ ] Route\n"
    assert read(text, "docs/notes/ep-12.md").dialect == "checklist"
    plan = read(text, "docs/exec-plans/active/ep-12.md")
    assert (plan.dialect, shown(plan)) == ("execplan", [("1", "Model", True), ("2", "Route", False)])


def test_a_sub_task_without_boxes_has_its_numbered_steps():
    text = "---\ntask_id: 01\nplan_id: lend\n---\n\n# Task 01: Lend\n\n## Steps\n\n1. Model\n2. Route\n"
    plan = read(text, ".agent/tasks/TASK_01.md")
    assert (plan.dialect, shown(plan)) == ("execplan", [("1", "Model", False), ("2", "Route", False)])


def test_a_cursor_plan_without_todos_has_its_numbered_steps():
    head = "---\nname: Lend\noverview: x\ntodos: []\nisProject: false\n---\n\n"
    text = f"{head}## Implementation\n\n1. **Model** it\n2. Route\n"
    plan = read(text, "lend.plan.md")
    assert (plan.dialect, shown(plan)) == ("cursor", [("1", "Model it", False), ("2", "Route", False)])


def test_tasks_below_phases_are_the_steps():
    core = "## Phase 1: Core ✅\n\n### Task 1.1: Model\n\nText.\n\n### Task 1.2: Route\n\nText.\n\n"
    plan = read(f"# Plan\n\n{core}## Phase 2: More\n\n### Task 2.1: Page\n", "plan.md")
    found = [(step.key, step.group) for step in plan.steps]
    assert found == [("1.1", "Phase 1"), ("1.2", "Phase 1"), ("2.1", "Phase 2")]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("specs/12-infrastructure-plan.md", "# Infrastructure\n\n## Build\n\nText.\n\n## Deployment\n\nText.\n"),
        ("docs/format.md", "# The format\n\n### deliverables\n\n- **Type**: list\n- **Format**: paths\n"),
    ],
)
def test_one_telling_heading_makes_no_plan(path, text):
    assert read(text, path).steps == ()


def test_a_range_of_tasks_in_a_box_is_no_task():
    plan = read("# Roadmap\n\n- [x] T104.1–T104.4 complete\n- [ ] Ship\n", "roadmap.md")
    assert (plan.dialect, [step.key for step in plan.steps]) == ("checklist", ["1", "2"])


def test_boxes_with_ids_beside_tasks_with_fields_are_no_tasks():
    task = "### 1. Model\n- **Task ID**: model\n- **Depends On**: none\n\n### 2. Route\n- **Task ID**: route\n"
    plan = read(f"# Lend\n\n- [ ] T1 — a\n- [ ] T12 — b\n\n## Step by Step Tasks\n\n{task}", "docs/plans/lend.md")
    assert (plan.dialect, [step.key for step in plan.steps]) == ("spec", ["model", "route"])


def test_a_part_knows_what_it_is_a_part_of():
    text = (
        "# Implementation Plan\n\n- [x] 1. Lend tools\n  - Keep the shelf open\n  - [x] 1.1 Model\n"
        "    - one table\n    - [ ] 1.1.1 Column\n  - [ ] 1.2 Route\n- [ ] 2. Return\n"
    )
    steps = {step.key: step for step in read(text, ".kiro/specs/x/tasks.md").steps}
    assert steps["1"].within is None and steps["2"].within is None
    assert steps["1.2"].within and steps["1.2"].within.text == "1. Lend tools\n  - Keep the shelf open"
    assert steps["1.1.1"].within and steps["1.1.1"].within.text.endswith("1.1 Model\n    - one table")


def test_a_sub_task_knows_its_tasks_description():
    text = '{"tasks": [{"id": 1, "title": "Lend", "description": "To all", "subtasks": [{"id": 1, "title": "Model"}]}]}'
    within = read(text, "tasks.json").steps[1].within
    assert within is not None and within.text == "Lend\nTo all"


def test_a_task_in_a_task_with_its_number_is_a_part_of_it():
    text = (
        "# Plan\n\n## Task 9: Model\n\n- [ ] **Step 1: a**\n\n## Task 10: Remove\n\nOne by one.\n\n"
        "### Task 10a: Prompts\n\n- [ ] **Step 1: b**\n\n### Task 10b: Tests\n\n- [ ] **Step 1: c**\n\n"
        "### Task 3: An example\n\n## Task 11: Say so\n\n**Depends on:** ALL\n"
    )
    plan = read(text, "docs/superpowers/plans/x.md")
    assert [(step.key, step.parent, len(step.checks)) for step in plan.steps] == [
        ("9", None, 1), ("10", None, 0), ("10a", "10", 1), ("10b", "10", 1), ("11", None, 0),
    ]  # fmt: skip
    part = plan.step("10a")
    assert part and part.within and "One by one." in part.within.text
    assert plan.steps[-1].depends_on == ("9", "10", "10a", "10b")


def test_a_reviews_own_checklist_does_not_keep_a_task_open():
    task = "### Task 1: Model\n\n- [x] **Step 1: a**\n- [{}] **Step 2: b**\n\n**Code review checklist:**\n- [ ] short\n"
    first = read("# Plan\n\n" + task.format("x"), "docs/plans/x.md").steps[0]
    assert (first.done, len(first.checks)) == (True, 3)
    assert not read("# Plan\n\n" + task.format(" "), "docs/plans/x.md").steps[0].done
