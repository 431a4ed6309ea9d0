"""What each dialect reads from a small plan, with the oddities that real files have."""

from __future__ import annotations

import pytest

from plans.reading import read_plan
from plans.types import ParsedPlan, ParsedStep
from tests.unit.plans.dialects.samples import SAMPLES


def sample(dialect: str, number: int = 0) -> ParsedPlan:
    path, text = SAMPLES[dialect][number]
    return read_plan(text.encode(), path)


def read(text: str, path: str = "x.md", dialect: str | None = None) -> ParsedPlan:
    return read_plan(text.encode(), path, dialect)


def keys(plan: ParsedPlan) -> list[str]:
    return [step.key for step in plan.steps]


def step(plan: ParsedPlan, key: str) -> ParsedStep:
    found = plan.step(key)
    assert found is not None
    return found


def codes(plan: ParsedPlan) -> list[str]:
    return [problem.code for problem in plan.problems]


@pytest.mark.ledger("M2")
def test_a_milestone_is_read_by_its_deliverables_and_finds_its_sections():
    plan = sample("milestone")
    assert keys(plan) == ["D1", "D2", "D3"]
    assert plan.steps[0].title == "A table `loans` in `db/models.py` that remembers who has what."
    assert plan.steps[1].files == ("api/loans.py",)
    found = {section.name: section.title for section in plan.sections}
    assert found["api surface"] == "API surface (REST)" and found["user journeys"] == "User journeys"
    assert plan.journeys[0].cells["Baseline"] == "`loans.png`"
    assert plan.criteria[0].command == "pytest tests/loans" and not plan.has_errors


@pytest.mark.ledger("M2")
def test_a_milestone_without_user_journeys_is_an_error_that_lists_the_headings_tried():
    text = SAMPLES["milestone"][0][1].replace("## User journeys", "## Other").replace("## Tests", "## Quality")
    problems = {p.message.split(" was")[0]: p for p in read(text, "m2-x.md").problems}
    assert problems["no section user journeys"].level == "error"
    assert "user journey, journeys" in problems["no section user journeys"].message
    assert problems["no section tests"].level == "note"


def test_an_empty_journey_section_is_an_error_unless_it_says_so():
    table = SAMPLES["milestone"][0][1]
    start, end = table.index("| Journey"), table.index("## Tests")
    assert "no-journeys" in codes(read(table[:start] + table[end:], "m2-x.md"))
    said = table[:start] + "_No product UI in this milestone._\n\n" + table[end:]
    assert "no-journeys" not in codes(read(said, "m2-x.md"))


@pytest.mark.ledger("D1")
def test_a_spec_keeps_every_field_of_its_tasks():
    plan = sample("spec")
    assert keys(plan) == ["lend-tool", "review-lend", "validate-all"]
    lend, review, last = plan.steps
    assert (lend.owner, lend.background, lend.approval, lend.parallel) == ("builder", True, False, None)
    assert lend.files == ("api/loans.py", "db/models.py") and lend.tests and "test_loans" in lend.tests.text
    assert lend.objective and "not a field" in lend.objective.text and (lend.title, lend.line) == ("Lend a tool", 16)
    assert (review.depends_on, review.outside_dependencies) == (("lend-tool",), ("#204 merged",))
    assert review.parallel is False and review.kind == "review"
    assert last.depends_on == ("lend-tool", "review-lend")
    assert (plan.frontmatter["mode"], plan.frontmatter["created"]) == ("delegated", "2026-03-10T12:00:00Z")
    assert [entry.command for entry in plan.validation] == ["pytest -q", "ruff check ."]
    assert plan.review_policy == {"Max Retries": "2", "Skip Review For": "validator"}
    assert len(plan.criteria) == 1 and plan.documentation[0].text == "The README names the route."


@pytest.mark.ledger("D1")
def test_a_bad_mode_is_an_error_at_its_line():
    plan = read(SAMPLES["spec"][0][1].replace("mode: delegated", "mode: swarm"))
    assert [(p.line, p.level, p.code) for p in plan.problems] == [(2, "error", "bad-mode")]


def test_an_unresolved_choice_of_a_template_is_an_error():
    assert "template" in codes(read(SAMPLES["spec"][0][1] + "\n<if mode is team>\nx\n</if>\n"))


def test_spec_tasks_may_stand_on_the_level_of_their_section():
    text = (
        "# P\n\n### Step by Step Tasks\n\n### 1. A\n- **Task ID**: a\n- **Depends On**: none\n\n## Notes\n\n### 2. B\n"
    )
    assert keys(read(text)) == ["a"]


@pytest.mark.ledger("P2")
def test_phases_keep_owner_dependencies_blast_radius_and_groups():
    plan = sample("phases")
    assert keys(plan) == ["0", "1.5", "2"]
    first, second, third = plan.steps
    assert (first.owner, first.blast_radius, first.files) == (
        "Toolsmith",
        "`pytest tests/setup`",
        ("loans/__init__.py",),
    )
    assert (first.depends_on, first.done, len(first.checks)) == ((), True, 2)
    assert (second.owner, second.depends_on, second.parallel, second.tags) == ("builder", ("0",), False, ("sql",))
    assert (third.depends_on, third.done) == (("0", "1.5"), True)
    assert plan.parallel_groups == (("0",), ("1.5", "2"))
    assert plan.status == "Reviewed - Ready for Implementation"


@pytest.mark.ledger("P16")
def test_a_checkpoint_is_one_more_place_that_says_how_far_a_phase_is():
    told = '- phase_0:\n    status: failed\n    error: "boom"\n'
    text = SAMPLES["phases"][0][1] + f"\n## Execution Checkpoints\n\n{told}"
    plan = read(text, "2026-01-03.x.md")
    assert plan.checkpoints[0].fields == {"status": "failed", "error": "boom"}
    assert not step(plan, "0").done and "conflicting-done" in codes(plan)


@pytest.mark.parametrize("heading", ["# Planning Process", "# planning log"])
def test_a_journal_heading_is_no_title(heading):
    plan = read(
        f"{heading}\n\n- [x] started\n\n### Phase 1: A\n**Agent:** `x`\n**Deps:** None\n\n- [ ] b\n",
        "a/2026-01-01.y.md",
    )
    assert plan.title == "2026-01-01.y" and keys(plan) == ["1"]


@pytest.mark.ledger("T2")
def test_a_taskboard_is_read_by_column_names_and_the_tracking_row_counts():
    plan = sample("taskboard")
    assert keys(plan) == ["T1.1", "T1.2", "T2.1", "T2.1b"]
    first, _, third, last = plan.steps
    assert (first.kind, first.data_deps, first.spec_source, first.group) == ("test", ("D1",), "spec §2", "M1")
    assert "`tests/test_loans.py` | red" in first.title and first.files == ("tests/test_loans.py",)
    assert (third.depends_on, third.tags) == (("T1.1", "T1.2"), ("S1",))
    assert (last.done, last.status, [c.line for c in last.claims]) == (True, "completed", [25, 48])
    assert plan.gates[0].group == "Phase 1 Gate Check" and len(plan.gates[0].checks) == 1
    assert [(p.code, p.line) for p in plan.problems] == [("cells-beyond-header", 25)]


def test_two_tables_that_disagree_are_a_conflict_with_both_lines_and_the_task_is_open():
    text = SAMPLES["taskboard"][0][1].replace("| T1.2 | M1 | 1 | Code | pending", "| T1.2 | M1 | 1 | Code | completed")
    plan = read(text)
    assert not step(plan, "T1.2").done
    (problem,) = [p for p in plan.problems if p.code == "conflicting-done"]
    assert problem.line == 18 and "line 46" in problem.message and "line 18" in problem.message


@pytest.mark.parametrize(("status", "done"), [("completed_conditional", True), ("skipped", False), ("✅ Done", True)])
def test_status_words_are_read_by_their_first_word(status, done):
    rows = f"| # | Task | Status |\n|---|---|---|\n| T1.1 | a | {status} |\n| T1.2 | b | pending |\n"
    assert step(read(rows), "T1.1").done is done


def test_spec_kit_tags_wrapped_titles_and_stated_dependencies():
    plan = sample("speckit")
    assert keys(plan) == ["T001", "T002", "T003a", "T004"]
    assert plan.steps[0].title == "Make `loans/` with an `__init__.py`" and plan.steps[0].done
    assert (plan.steps[1].parallel, plan.steps[1].tags) == (True, ("P",))
    assert (plan.steps[2].tags, plan.steps[2].depends_on) == (("P", "US1"), ("T001", "T002"))
    assert [group.key for group in plan.groups] == ["Phase 1", "Phase 5.5"]


def test_a_ticked_task_that_says_it_was_skipped_is_not_done():
    plan = read("- [x] T001 Drive to the harbour - SKIPPED: no car\n- [x] T002 Handle the SKIPPED state\n")
    assert [s.done for s in plan.steps] == [False, True] and codes(plan) == ["conflicting-done"]


def test_kiro_parents_parts_optional_tasks_and_progress():
    plan = sample("kiro")
    assert keys(plan) == ["1", "1.1", "1.2", "2", "2.1", "2.2a"]
    assert [s.parent for s in plan.steps] == [None, "1", "1", None, "2", "2"]
    assert [s.done for s in plan.steps] == [False, True, False, False, False, False]
    assert (step(plan, "1").status, step(plan, "1.2").optional) == ("[-]", True)
    assert step(plan, "1.1").tags == ("Requirement 1.1", "Requirement 1.2")
    assert len(step(plan, "2").checks) == 0 and len(step(plan, "2.2a").checks) == 1


def test_the_same_number_ticked_and_open_is_a_duplicate_and_a_conflict():
    plan = read("- [x] 2.5 Write tests\n\n\n- [ ] 2.5 Write tests\n", ".kiro/specs/x/tasks.md")
    assert codes(plan) == ["duplicate-key", "conflicting-done"]
    assert all("line 1" in p.message for p in plan.problems)


def test_task_master_sub_tasks_name_their_siblings_by_number():
    plan = sample("taskmaster")
    assert keys(plan) == ["1", "1.1", "1.2", "2"]
    assert [s.depends_on for s in plan.steps] == [(), (), ("1.1",), ("1", "1.2")]
    assert (plan.steps[0].done, plan.steps[2].done, plan.steps[3].status) == (True, False, "pending")
    assert plan.steps[3].outside_dependencies == ("Task 9",) and plan.steps[2].parent == "1"
    assert plan.steps[0].tests and plan.steps[0].tests.text == "pytest tests/loans"
    assert (plan.steps[0].line, plan.steps[1].line, plan.steps[1].claims[0].line) == (4, 14, 14)
    assert codes(plan) == ["other-tags"]


def test_another_tag_is_named_behind_a_hash():
    plan = sample("taskmaster", 1)
    assert [(s.title, s.group, s.status) for s in plan.steps] == [("Reserve", "later", "in-progress")]
    missing = read(SAMPLES["taskmaster"][0][1], "tasks.json#never")
    assert missing.steps == () and "master, later" in missing.problems[0].message


def test_superpowers_steps_are_boxes_or_bold_lines_and_examples_are_none():
    plan = sample("superpowers")
    assert keys(plan) == ["1", "2"] and [s.group for s in plan.steps] == ["Chunk 1", "Chunk 1"]
    assert [len(s.checks) for s in plan.steps] == [2, 2]
    assert plan.steps[0].files == ("loans/model.py", "db/models.py") and plan.goal == "Members borrow tools."
    assert plan.steps[0].checks[1].command == "pytest tests/loans"
    assert codes(plan) == ["recovered-fence"]


def test_bmad_tasks_are_the_outermost_boxes_of_their_section():
    plan = sample("bmad")
    assert [(s.key, s.title) for s in plan.steps] == [
        ("1", "Model (AC: 1, 2)"),
        ("2", "Route (AC: 1)"),
        ("3", "Say so"),
    ]
    assert [len(s.checks) for s in plan.steps] == [2, 1, 0] and plan.steps[0].tags == ("AC 1", "AC 2")
    assert (plan.status, plan.steps[0].group, plan.steps[0].done) == ("Approved", "Sprint 1", True)


def test_a_ticked_task_with_an_open_sub_task_is_not_done():
    plan = read(SAMPLES["bmad"][0][1].replace("- [x] Index", "- [ ] Index"), "1.story.md")
    assert not plan.steps[0].done and codes(plan) == ["conflicting-done"]


def test_open_spec_numbers_may_be_missing():
    plan = sample("openspec")
    assert keys(plan) == ["1.1", "1.2", "1"] and [s.group for s in plan.steps] == ["1. Model", "1. Model", "2) Route"]
    assert len(plan.steps[2].checks) == 1


def test_cursor_todos_are_read_from_the_frontmatter():
    plan = sample("cursor")
    assert [(s.key, s.title, s.done) for s in plan.steps] == [
        ("lend", "Lend: who has what", True),
        ("give-back", "Return at 12:30 or later", False),
        ("tell", "Say so", False),
    ]
    assert (plan.title, plan.goal, plan.steps[1].depends_on) == ("Loans", "Members borrow tools.", ("lend",))
    assert [s.done for s in sample("cursor", 1).steps] == [True, False]


def test_an_exec_plans_progress_has_times_and_boxes_without_a_dash():
    plan = sample("execplan")
    assert [(s.key, s.title, s.done) for s in plan.steps] == [
        ("1", "Model", True),
        ("2", "Route", False),
        ("3", "Page (completed: list; remaining: form)", False),
    ]
    task = sample("execplan", 1)
    assert (task.title, task.frontmatter["task_id"], [s.done for s in task.steps]) == ("Lend", "02", [False, True])


def test_a_checklist_is_read_from_boxes_phases_or_a_numbered_section():
    boxes, phases, numbers = (sample("checklist", n) for n in range(3))
    assert [(s.title, s.done, s.group) for s in boxes.steps] == [
        ("Lend", False, "Now (2)"),
        ("Return", True, "Now (2)"),
        ("Reserve", False, "Later"),
    ]
    assert boxes.steps[0].details["assignee"] == "ada" and codes(boxes) == ["unknown-marker"]
    assert [(s.key, s.title, len(s.checks)) for s in phases.steps] == [("1", "Model", 2), ("2", "Route", 1)]
    assert [(s.key, s.title) for s in numbers.steps] == [("1", "Model"), ("2", "Route")]


def test_a_negated_or_outside_reference_is_no_dependency():
    no, some = "  - Depends on: no dependency on T001\n", "  - Depends on: T001, the network\n"
    plan = read(f"- [ ] T001 a\n- [ ] T002 b\n{no}- [ ] T003 c\n{some}")
    assert [s.depends_on for s in plan.steps] == [(), (), ("T001",)]
    assert plan.steps[2].outside_dependencies == ("the network",)


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
@pytest.mark.parametrize("dialect", list(SAMPLES))
def test_line_endings_and_a_byte_order_mark_change_nothing(dialect, ending):
    for path, text in SAMPLES[dialect]:
        other = b"\xef\xbb\xbf" + text.rstrip("\n").replace("\n", ending).encode()
        assert read_plan(other, path).steps == read_plan(text.encode(), path).steps
