"""The blueprint dialect: steps, milestones, phases, checks, dependencies and done state as teams write them."""

from __future__ import annotations

import pytest

from tests.unit.plans.samples import codes, plan_text, read, read_one, step_text


@pytest.mark.parametrize(
    ("heading", "key", "title", "done"),
    [
        ("### Step 1: Login", "1", "Login", False),
        ("## Step 2a — Login", "2a", "Login", False),
        ("#### Step 2.5 – Login", "2.5", "Login", False),
        ("### Step 10 - Login", "10", "Login", False),
        ("### ✅ Step 1: Login", "1", "Login", True),
        ("### Step 1: Login ✅", "1", "Login", True),
        ("### Step 1 ✅: Login", "1", "Login", True),
        ("### ✔️ Step 1: Login", "1", "Login", True),
        ("### Step 1: Login in 3 - 4 days", "1", "Login in 3 - 4 days", False),
        ("### **Step 1:** Login", "1", "Login", False),
        ("### step 1. Login", "1", "Login", False),
        ("### Step 1", "1", "", False),
        ("# Step 1: Login", "1", "Login", False),
    ],
)
def test_step_headings_are_read_in_all_their_forms(heading, key, title, done):
    step = read_one(f"{heading}\n\n- [{'x' if done else ' '}] `pytest`\n")
    assert (step.key, step.title, step.done) == (key, title, done)


@pytest.mark.parametrize(
    "heading", ["## Step 2 results", "### Steps 1-3: all", "### Step 1-3: all", "### Step N: X", "##### Step 1: X"]
)
def test_other_headings_are_no_steps(heading):
    plan = read(f"# P\n\n{heading}\n\ntext\n")
    assert plan.steps == () and codes(plan) == ["no-steps"]
    assert read(f"# P\n\n{heading}\n\n- [ ] a\n").dialect != "blueprint"


def test_title_goal_and_tool_chain_are_read():
    rows = "| ruff | Lint | `ruff check .` |\n| eyes | Look | Read it |\n"
    table = f"## Tool Chain\n\n| Tool | Category | Command |\n|---|---|---|\n{rows}\n"
    plan = read(plan_text(step_text(), head=f"# Shop\n\n**Goal:** Sell things.\n\n{table}"))
    assert (plan.title, plan.goal, plan.dialect) == ("Shop", "Sell things.", "blueprint")
    assert [(t.category, t.tool, t.command) for t in plan.tool_chain] == [
        ("Lint", "ruff", "ruff check ."),
        ("Look", "eyes", "Read it"),
    ]
    assert any("phases" in reason for reason in plan.reasons)


@pytest.mark.ledger("B8")
def test_objective_criteria_and_phases_are_the_exact_source_text():
    fields = (
        "**Objective**: People can *log in*.\nAlso again.\n\n"
        "**Acceptance criteria**:\n- One  thing\n  - nested `x`\n- [ ] Two\n\n**Note**: no criterion\n"
    )
    step = read_one(plan_text(step_text(fields=fields)))
    assert step.objective and step.objective.text == "People can *log in*.\nAlso again."
    assert [part.text for part in step.criteria] == ["One  thing\n  - nested `x`", "Two"]
    assert step.instructions["build"].text == "Write `src/thing.py`."
    assert step.instructions["review"].text == "1. Is it right?"
    assert step.instructions["verify"].text == "- [ ] `pytest tests/test_login.py` passes\n- [ ] The page reads well"


def test_a_phase_keeps_its_inner_headings_fences_and_rules():
    body = "Text\n\n##### Detail\n\n```md\n#### Phase 2 — no\n```\n\n---\n\nMore"
    step = read_one(f"# P\n\n### Step 1: A\n\n#### Phase 1 — Build\n\n{body}\n\n#### Phase 2 — Review\n\nLook.\n")
    assert step.instructions["build"].text == body
    assert step.instructions["review"].text == "Look."


@pytest.mark.parametrize(
    "name",
    [
        "#### Phase 3 — Verification",
        "#### Phase 3: Verify",
        "#### Verification",
        "**Phase 3 — Verification**",
        "### Phase 3 — Verification",
    ],
)
def test_the_names_of_a_phase_vary(name):
    step = read_one(f"# P\n\n### Step 1: A\n\n{name}\n\n- [ ] `pytest`\n")
    assert step.instructions["verify"].text == "- [ ] `pytest`"


@pytest.mark.ledger("B10")
def test_each_box_is_a_check_with_its_command_and_expectation():
    checks = "- [x] `pytest -q` passes\n- [ ] `grep -rn foo src`\n  returns zero hits\n  - [ ] nested\n"
    step = read_one(plan_text(step_text(checks=checks)))
    assert [(c.command, c.expectation.kind, c.done, c.indent) for c in step.checks] == [
        ("pytest -q", "exit_zero", True, 0),
        ("grep -rn foo src", "no_output", False, 0),
        (None, "exit_zero", False, 2),
    ]


def test_a_verification_phase_without_boxes_has_its_bullets_as_checks():
    step = read_one(plan_text(step_text(checks="- `pytest` passes\n- Reads well\n")))
    assert [c.command for c in step.checks] == ["pytest", None]


def test_milestones_and_phases_that_hold_steps_are_groups():
    text = (
        "# P\n\n## Milestone 1: Base\n\n### Step 1: A\n\n- [ ] a\n\n#### Phase 1 — Build\n\nx\n\n"
        "## Phase 2 — Shop\n\n### Step 2: B\n\n**Depends on**: Milestone 1\n\n- [ ] b\n\n"
        "## Notes\n\n### Step 3: C\n\n- [ ] c\n"
    )
    plan = read(text)
    assert [(g.key, g.title) for g in plan.groups] == [("Milestone 1", "Base"), ("Phase 2", "Shop")]
    assert [(s.key, s.group) for s in plan.steps] == [("1", "Milestone 1"), ("2", "Phase 2"), ("3", None)]
    assert plan.steps[1].depends_on == ("1",)


def test_two_milestones_of_one_name_stay_two_groups():
    plan = read("# P\n\n## Milestone 1\n\n### Step 1: A\n\n- [ ] a\n\n## Milestone 1\n\n### Step 2: B\n\n- [ ] b\n")
    assert [s.group for s in plan.steps] == ["Milestone 1", "Milestone 1 #2"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("**Depends on**: Step 1, 2", ("1", "2")),
        ("**Dependencies:** none", ()),
        ("- **Depends on:** Steps 1-2", ("1", "2")),
        ("Depends on: Step 2 (for the API)", ("2",)),
        ("**Dependencies**:\n- Step 1\n- Step 2", ("1", "2")),
        ("#### Dependencies\n\n- Step 2\n", ("2",)),
        ("**Objective**: Depends on Step 2 (the page). Then more.", ("2",)),
        ("**Objective**: Has no dependency on Step 2.", ()),
        ("Builds the page. Depends on Step 1.", ("1",)),
    ],
)
def test_dependencies_are_read_where_they_are_declared(fields, expected):
    plan = read(plan_text(step_text(), step_text("### Step 2: B"), step_text("### Step 3: C", fields=fields + "\n")))
    assert plan.steps[2].depends_on == expected


def test_what_is_no_step_of_the_plan_is_an_outside_dependency():
    step = read_one(plan_text(step_text(fields="**Depends on**: Step 9, issue #45\n")))
    assert step.depends_on == () and step.outside_dependencies == ("Step 9", "issue #45")


def test_owner_and_files_are_read():
    fields = (
        "**Owner**: `backend-dev`\n\n**Files to create/modify**:\n"
        "- Create: `src/a b.py`\n- src/b.py:12-30 — new\n- Makefile\n- `make test`\n"
    )
    step = read_one(plan_text(step_text(fields=fields)))
    assert step.owner == "backend-dev"
    assert step.files == ("src/a b.py", "src/b.py", "Makefile")


def test_files_beside_the_label_are_read():
    assert read_one(plan_text(step_text(fields="**Files**: src/a.py, ./docs/b.md\n"))).files == (
        "src/a.py",
        "docs/b.md",
    )


def test_a_duplicate_key_is_an_error_at_the_later_one_and_both_stay():
    plan = read(plan_text(step_text(), step_text()))
    assert [step.key for step in plan.steps] == ["1", "1"]
    assert [(p.code, p.level, p.line) for p in plan.problems] == [("duplicate-key", "error", plan.steps[1].line)]


@pytest.mark.parametrize(
    ("heading", "checks", "done", "conflict"),
    [
        ("### ✅ Step 1: A", "- [x] a\n- [X] b\n", True, False),
        ("### ✅ Step 1: A", "- [x] a\n- [ ] b\n", False, True),
        ("### ✅ Step 1: A (PARTIAL COMPLETE)", "- [x] a\n", False, True),
        ("### Step 1: A", "- [x] a\n- [x] b\n", False, True),
        ("### Step 1: A", "- [x] a\n- [ ] b\n", False, False),
    ],
)
def test_a_step_is_done_only_if_nothing_contradicts_it(heading, checks, done, conflict):
    plan = read(plan_text(step_text(heading, checks=checks)))
    assert plan.steps[0].done is done
    assert ("conflicting-done" in codes(plan)) is conflict


def test_a_conflict_names_both_lines():
    plan = read("# P\n\n### ✅ Step 1: A\n\n- [x] a\n- [ ] b\n")
    assert "line 3" in plan.problems[0].message and "line 6" in plan.problems[0].message


def test_an_unknown_marker_is_open_and_a_problem():
    plan = read(plan_text(step_text(checks="- [~] a\n")))
    assert not plan.steps[0].checks[0].done and codes(plan) == ["unknown-marker"]


def test_a_step_inside_a_step_is_part_of_it_with_a_warning():
    plan = read("# P\n\n### Step 1: A\n\n#### Step 1: inner\n\n- [ ] a\n\n### Step 2: B\n\n- [ ] b\n")
    assert [(s.key, len(s.checks)) for s in plan.steps] == [("1", 1), ("2", 1)]
    assert codes(plan) == ["nested-step"]


def test_steps_end_above_notes_and_closing_rules():
    plan = read(plan_text(step_text()) + "## Appendix\n\n- [ ] not a check\n")
    (step,) = plan.steps
    assert len(step.checks) == 2 and step.span.end == step.checks[-1].line


def test_a_numbered_file_with_phases_is_one_step():
    plan = read(
        "# Set up ✅\n\n## Phase 1 — Build\n\nDo it.\n\n## Phase 3 — Verification\n\n- [x] `pytest`\n", "m/02_setup.md"
    )
    (step,) = plan.steps
    assert (step.key, step.title, step.done, sorted(step.instructions)) == ("2", "Set up", True, ["build", "verify"])


def test_a_date_in_a_file_name_is_no_step_number():
    assert read("# Set up\n\n## Phase 1 — Build\n\nDo it.\n", "2026-01-03.plan.md").dialect != "blueprint"


def test_a_command_over_two_lines_is_told():
    plan = read(plan_text(step_text(checks="- [ ] `pytest -q\n  tests` passes\n- [ ] `true`\n")))
    assert codes(plan) == ["folded-command"] and plan.steps[0].checks[0].command == "pytest -q tests"
