"""A title is what a person would read aloud: without emphasis, and without the status behind it."""

from __future__ import annotations

import pytest

from plans.titles import plain_title
from tests.unit.plans.samples import codes, read


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("**Lend tools** (AC: 1)", "Lend tools (AC: 1)"),
        ("~~Lend tools~~", "Lend tools"),
        ("**M1 — Use `lend(*tools)` here.** Then more", "M1 — Use `lend(*tools)` here. Then more"),
        ("Title of a bold line.** The rest", "Title of a bold line. The rest"),
        ("**Bold without an end", "Bold without an end"),
        ("Raise 2 ** 8 and `a ** b`", "Raise 2 ** 8 and `a ** b`"),
        ("Edit `**kwargs` and __init__.py", "Edit `**kwargs` and __init__.py"),
        ("Lend tools ✅ **COMPLETE**", "Lend tools"),
        ("Lend tools ✅ COMPLETED by Ada (2026-01-02)", "Lend tools"),
        ("Lend tools ⚠️ **PARTIALLY COMPLETE (50%)**", "Lend tools"),
        ("Lend tools 🔄 IN PROGRESS", "Lend tools"),
        ("Show ✅ beside a lent tool", "Show ✅ beside a lent tool"),
        ("_Lend tools_", "Lend tools"),
    ],
)
def test_a_title_has_no_marks_around_it(written, title):
    assert plain_title(written) == title


def test_a_heading_that_ends_with_a_mark_and_a_word_is_done():
    plan = read(
        "# P\n\n### Step 1: Lend ✅ COMPLETE (2026-01-02)\n\nText.\n\n### Step 2: Return 🔄 IN PROGRESS\n\nText.\n"
    )
    assert [(step.title, step.done) for step in plan.steps] == [("Lend", True), ("Return", False)]


def test_a_ticked_task_that_is_called_skipped_is_not_done_and_says_so():
    plan = read("## Phase 1\n\n- [x] T001 [US1] SKIPPED - no need\n- [x] T002 Lend\n", "specs/001/tasks.md")
    assert [step.done for step in plan.steps] == [False, True] and codes(plan) == ["conflicting-done"]


@pytest.mark.parametrize("tag", ["US1+US5", "US1, US2", "P1/P2"])
def test_tags_that_are_written_together_are_no_part_of_the_title(tag):
    (step,) = read(f"## Phase 1\n\n- [ ] T001 [P] [{tag}] — Lend\n", "specs/001/tasks.md").steps
    assert (step.title, step.tags) == ("Lend", ("P", tag))


@pytest.mark.parametrize(
    "time", ["(2026-03-01 09:30Z)", "(2026-03-01)", "2026-03-01:", "2026-08-11T17:26:12Z:", "2026-03-01 09:30 UTC —"]
)
def test_the_time_in_front_of_a_progress_entry_is_no_part_of_its_title(time):
    head = "# Lend\n\nThis ExecPlan is a living document.\n\n## Progress\n\n"
    plan = read(head + f"- [x] {time} Model of M1 (2026-03-02)\n- [ ] 2026 budget\n\n## Decision Log\n", "PLANS.md")
    assert [step.title for step in plan.steps] == ["Model of M1 (2026-03-02)", "2026 budget"]
