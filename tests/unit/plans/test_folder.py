"""Folders of step files, and finding plans in a working tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from plans.exceptions import UnreadablePlan
from plans.folder import FoundPlan, find_plans, fingerprint, read_folder, read_path, step_files
from plans.writeback import mark_passed
from tests.unit.plans.samples import codes, plan_text, step_text

FILE = (
    "# {title}\n\n**Depends on**: {needs}\n\n## Phase 1 — Build\n\nDo it.\n\n"
    "## Phase 3 — Verification\n\n- [ ] `pytest`\n"
)


def files(*titles: str) -> dict[str, bytes]:
    named = {f"{n:02}_{title.lower()}.md": (n, title) for n, title in enumerate(titles, 1)}
    return {name: FILE.format(title=title, needs="all previous steps").encode() for name, (_, title) in named.items()}


@pytest.mark.ledger("B1")
def test_a_folder_of_step_files_is_one_plan_and_the_readme_is_left_out():
    plan = read_folder({"README.md": b"# Read me", **files("Setup", "Login", "Pay")}, "plans/shop")
    assert [(s.key, s.title, s.path, s.depends_on) for s in plan.steps] == [
        ("1", "Setup", "plans/shop/01_setup.md", ()),
        ("2", "Login", "plans/shop/02_login.md", ("1",)),
        ("3", "Pay", "plans/shop/03_pay.md", ("1", "2")),
    ]
    assert (plan.title, plan.path, plan.problems) == ("shop", "plans/shop", ())


@pytest.mark.ledger("B1")
def test_the_first_unmarked_step_file_is_the_start():
    texts = files("Setup", "Login")
    texts["01_setup.md"] = mark_passed(texts["01_setup.md"], "1", "plans/shop/01_setup.md")
    assert [step.key for step in read_folder(texts, "plans/shop").steps if not step.done] == ["2"]


def test_step_files_may_hold_step_headings_and_are_ordered_by_number():
    plan = read_folder(
        {"10-z.md": b"# Step 10: Z\n\n- [ ] z\n", "9-y.md": b"## Step 8: X\n\n- [ ] x\n\n## Step 9: Y\n\n- [ ] y\n"},
        "m",
    )
    assert [(s.key, s.path) for s in plan.steps] == [("8", "m/9-y.md"), ("9", "m/9-y.md"), ("10", "m/10-z.md")]


def test_a_key_in_two_files_is_an_error_that_names_both():
    plan = read_folder({"01_a.md": b"# Step 1: A\n\n- [ ] a\n", "02_b.md": b"# Step 1: B\n\n- [ ] b\n"}, "m")
    assert codes(plan) == ["duplicate-key"]
    assert "02_b.md" in plan.problems[0].message and "01_a.md" in plan.problems[0].message


def test_a_folder_without_step_files_is_refused(tmp_path):
    with pytest.raises(UnreadablePlan, match="no numbered step files"):
        read_path(tmp_path)


def write(root: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


@pytest.mark.ledger("B1", "B2")
def test_plans_of_a_working_tree_are_found_with_their_steps_and_done_counts(tmp_path):
    done = mark_passed(plan_text().encode(), "1").decode()
    write(
        tmp_path,
        {
            "docs/plan.md": done,
            "README.md": "# Shop\n\n## Step 1: Install\n\nRun it.\n",
            "node_modules/x/plan.md": plan_text(),
            ".git/plan.md": plan_text(),
            ".claude/plans/b.md": plan_text(step_text()),
            "big.md": plan_text() + "x" * 2_000_001,
            **{f"m/{name}": text.decode() for name, text in files("Setup", "Login").items()},
        },
    )
    (tmp_path / "link.md").symlink_to(tmp_path / "docs/plan.md")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert find_plans(tmp_path) == [
        FoundPlan(".claude/plans/b.md", "Shop", "blueprint", 1, 0),
        FoundPlan("docs/plan.md", "Shop", "blueprint", 2, 1),
        FoundPlan("m", "m", "blueprint", 2, 0),
    ]


@pytest.mark.ledger("B1")
def test_milestone_files_with_steps_of_the_same_numbers_are_plans_of_their_own(tmp_path):
    write(tmp_path, {"01_base.md": plan_text(), "02_shop.md": plan_text()})
    assert [plan.path for plan in find_plans(tmp_path)] == ["01_base.md", "02_shop.md"]


def test_a_fingerprint_changes_with_what_may_be_a_plan_and_with_nothing_else(tmp_path):
    write(tmp_path, {"PLAN.md": plan_text(), "docs/a.md": "a", "src/a.py": "a"})
    seen = [fingerprint(tmp_path)]
    write(tmp_path, {"src/a.py": "b", "node_modules/x/plan.md": "x"})
    assert fingerprint(tmp_path) == seen[0]
    for change in (
        lambda: (tmp_path / "docs/a.md").write_text("b"),
        lambda: (tmp_path / "docs/a.md").rename(tmp_path / "docs/b.md"),
        lambda: write(tmp_path, {"more/tasks.json": "{}"}),
        lambda: (tmp_path / "PLAN.md").unlink(),
    ):
        change()
        seen.append(fingerprint(tmp_path))
    assert len(set(seen)) == 5


def test_a_folder_is_read_from_disk(tmp_path):
    write(tmp_path, {f"m/{name}": text.decode() for name, text in files("Setup", "Login").items()})
    assert [step.path for step in read_path(tmp_path / "m", "m").steps] == ["m/01_setup.md", "m/02_login.md"]


@pytest.mark.ledger("X17")
def test_a_specification_folder_is_its_tasks_with_what_they_are_for(tmp_path):
    (tmp_path / "tasks.md").write_text("# Tasks\n\n- [ ] T001 Lend\n")
    (tmp_path / "spec.md").write_text("# Loans\n\n**Status**: Draft\n\nMembers borrow tools.\n\n- [ ] no task\n")
    (tmp_path / "notes.md").write_text("- [ ] T009 no\n")
    plan = read_path(tmp_path, "specs/001")
    assert (plan.dialect, plan.goal, [s.key for s in plan.steps]) == ("speckit", "Members borrow tools.", ["T001"])
    assert plan.steps[0].path == "specs/001/tasks.md" and "with spec.md" in plan.reasons
    assert step_files(tmp_path) == ["tasks.md", "spec.md"]


def test_an_exec_plan_folder_gives_each_step_the_text_of_its_own_file(tmp_path):
    (tmp_path / "PLAN_x.md").write_text("# X\n\n## Progress\n\n- [ ] TASK_01_x.md\n\n## Decision Log\n")
    (tmp_path / "TASK_01_x.md").write_text("---\ntask_id: 01\nplan_id: PLAN_x\n---\n\n- [ ] Lend\n")
    (step,) = read_path(tmp_path).steps
    assert "Lend" in step.instructions["build"].text and step.details["file"] == "TASK_01_x.md"


def test_a_note_with_a_box_is_no_plan_of_a_working_tree(tmp_path):
    (tmp_path / "README.md").write_text("# R\n\n- [ ] later\n")
    (tmp_path / "TODO.md").write_text("# T\n\n- [ ] now\n")
    (tmp_path / "tasks.json").write_text('{"tasks": [{"id": 1, "title": "a", "status": "done"}]}')
    (tmp_path / "package.json").write_text('{"tasks": [{"id": 1, "title": "a"}]}')
    assert [(p.path, p.dialect, p.done) for p in find_plans(tmp_path)] == [
        ("TODO.md", "checklist", 0),
        ("tasks.json", "taskmaster", 1),
    ]
