"""Every dialect is told from the others by what a file holds and where it stands."""

from __future__ import annotations

import pytest

from plans.dialects import DIALECTS, detect
from plans.document import scan
from plans.reading import read_plan
from tests.unit.plans.dialects.samples import ALL, KIRO, MILESTONE, SAMPLES, SPECKIT


@pytest.mark.ledger("X17")
@pytest.mark.parametrize(("dialect", "path", "text"), ALL)
def test_each_sample_is_read_in_its_own_dialect(dialect, path, text):
    plan = read_plan(text.encode(), path)
    assert (plan.dialect, bool(plan.steps)) == (dialect, True)
    assert plan.reasons and all(plan.reasons)


@pytest.mark.parametrize(("dialect", "path", "text"), [row for row in ALL if row[1].endswith(".md")])
def test_content_alone_is_enough_without_a_telling_path(dialect, path, text):
    if "TASK_" not in path:
        assert read_plan(text.encode(), "x.md").dialect == dialect


def test_every_dialect_has_a_sample_and_says_what_it_writes():
    assert set(SAMPLES) == set(DIALECTS) and len(DIALECTS) == 14
    assert all(dialect.mark for dialect in DIALECTS.values() if dialect.name != "spec")


def test_the_surest_dialect_comes_first_with_its_reasons():
    ranked = detect(scan(SPECKIT.encode(), "specs/001/tasks.md"))
    assert ranked[0].dialect == "speckit" and ranked[0].confidence == 1.0
    assert "boxes with a task id such as T001" in ranked[0].reasons


def test_a_person_can_choose_another_dialect():
    plan = read_plan(KIRO.encode(), "tasks.md", dialect="checklist")
    assert plan.dialect == "checklist" and plan.reasons == ("checklist was chosen",)


@pytest.mark.parametrize(
    "text",
    [
        "# Report\n\nAll M48–M52 tasks (T48.1–T52.6) are planned.\n\n| ID | Decision |\n|---|---|\n| TP-1 | yes |\n",
        "# PLAN-TEMPLATE\n\n## Mandatory sections\n\n1. `## Deliverables`\n\n```\n- [ ] **Three-layer QA**\n```\n",
        "# Story 4.9: done\n\n## Status ✅\n\n- ✅ **all done**\n\n**[x]** **`[TASK-9]`** tested\n\n- [x] history\n",
        "# Template\n\n```markdown\n# Plan\n\n| # | Task | Status |\n|---|---|---|\n| T1.1 | a | pending |\n```\n",
        "# Notes\n\nJust prose.\n",
    ],
)
def test_a_report_or_template_is_no_plan_and_says_why(text):
    plan = read_plan(text.encode(), "x.md")
    assert plan.steps == () and plan.dialect == "unknown"
    assert plan.problems[0].code == "no-steps" and plan.reasons


def test_an_editors_list_of_commands_is_no_plan():
    text = b'{"version": "2.0.0", "tasks": [{"label": "build", "type": "shell", "command": "make"}]}'
    plan = read_plan(text, ".vscode/tasks.json")
    assert plan.steps == () and plan.dialect == "unknown"


def test_a_story_without_a_task_section_is_no_checklist_of_its_history():
    assert read_plan(b"# Story 1.1: x\n\n- [x] old\n- [x] older\n", "docs/stories/1.1.md").steps == ()


def test_an_example_in_a_fence_does_not_make_a_dialect():
    text = "# How we plan\n\n## Goal\n\n## Deliverables\n\n- A guide\n\n```\n- [ ] T001 x\n- [ ] T002 y\n```\n"
    assert read_plan(text.encode(), "x.md").dialect == "milestone"
    assert read_plan(MILESTONE.encode(), "x.md").dialect == "milestone"
