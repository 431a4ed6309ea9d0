"""Marks per dialect: how each is written, and the promise that holds for every step of every plan."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.dialects import DIALECTS
from plans.reading import read_plan
from plans.writeback import (
    completion_marks,
    mark_implemented,
    mark_passed,
    mark_status,
    without_marks,
    write_checkpoint,
    write_gate,
    write_pull_request,
)
from tests.unit.plans.dialects.marking import AT, changed_lines, check_step
from tests.unit.plans.dialects.samples import ALL, SAMPLES

MARKED = [(path, text) for dialect, path, text in ALL if dialect not in ("milestone", "spec")]


@pytest.mark.parametrize(("dialect", "path", "text"), ALL)
def test_a_plan_that_was_read_before_says_the_same_without_its_marks(dialect, path, text):
    data = text.encode()
    assert without_marks(data, path, plan=read_plan(data, path)) == without_marks(data, path)


@pytest.mark.ledger("X2", "X17")
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", ["", "\n"])
@pytest.mark.parametrize(("path", "text"), MARKED)
def test_every_marked_step_reads_as_done_and_nothing_else_changes(path, text, ending, bom, last):
    data = bom + (text.rstrip("\n") + last).replace("\n", ending).encode()
    for step in read_plan(data, path).steps:
        check_step(data, step.key, path)


def test_a_todo_with_lines_below_it_that_are_not_read_has_no_place_for_a_mark():
    text = b"---\ntodos:\n  - content:[x\n    status: pending\n  - Tell\n---\n# Lend\n"
    assert mark_passed(text, "1", "a.plan.md", AT) == text
    assert b"  - content: Tell\n    status: completed\n" in mark_passed(text, "2", "a.plan.md", AT)


@pytest.mark.parametrize("dialect", ["milestone", "spec"])
def test_a_dialect_without_marks_is_left_alone(dialect):
    path, text = SAMPLES[dialect][0]
    for step in read_plan(text.encode(), path).steps:
        assert mark_passed(text.encode(), step.key, path, AT) == text.encode()
    assert completion_marks(text.encode(), path) == []


@pytest.mark.parametrize(
    ("dialect", "number", "key", "old", "new"),
    [
        ("speckit", 0, "T002", "- [ ] T002 [P]", "- [x] T002 [P]"),
        ("kiro", 0, "1", "- [-] 1. Lend", "- [x] 1. Lend"),
        ("kiro", 0, "1.2", "- [ ]* 1.2", "- [x]* 1.2"),
        ("taskmaster", 0, "1.2", '"title": "Route", "status": "pending"', '"title": "Route", "status": "done"'),
        ("taskmaster", 0, "2", '{\n        "id": 2,', '{ "status": "done",\n        "id": 2,'),
        ("taskmaster", 1, "1", '"in-progress"', '"done"'),
        ("cursor", 0, "give-back", "    status: pending", "    status: completed"),
        ("cursor", 0, "tell", "    id: tell\n", "    id: tell\n    status: completed\n"),
        ("execplan", 0, "2", "- [ ] Route", "- [x] (2026-03-04 15:06Z) Route"),
        ("execplan", 0, "3", "[ ] Page", "[x] (2026-03-04 15:06Z) Page"),
        ("superpowers", 0, "2", "### Task 2: Route", "### ✅ Task 2: Route"),
        ("checklist", 2, "1", "### 1. Model", "### ✅ 1. Model"),
    ],
)
def test_a_mark_is_written_as_its_dialect_writes_it(dialect, number, key, old, new):
    path, text = SAMPLES[dialect][number]
    assert mark_passed(text.encode(), key, path, AT).decode() == text.replace(old, new, 1) != text


TODOS = "---\nname: x\ntodos:\n{}---\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  - Write it\n", "  - content: Write it\n    status: completed\n"),
        ("  - id: a\n    status:\n", "  - id: a\n    status: completed\n"),
        ("  - id: a\n    status: # so far\n", "  - id: a\n    status: completed # so far\n"),
        (
            "  - id: a\n    needs:\n      - b\n    more\n",
            "  - status: completed\n    id: a\n    needs:\n      - b\n    more\n",
        ),
        ('  - id: "a"\n      more\n', '  - status: completed\n    id: "a"\n      more\n'),
    ],
)
def test_a_todo_of_any_form_is_marked_so_that_it_reads_as_done(before, after):
    data = TODOS.format(before).encode()
    (step,) = read_plan(data, "x.plan.md").steps
    marked = mark_passed(data, step.key, "x.plan.md", AT)
    assert marked == TODOS.format(after).encode() and read_plan(marked, "x.plan.md").steps[0].done
    assert without_marks(marked, "x.plan.md") == without_marks(data, "x.plan.md")


def test_the_time_of_an_optional_box_stands_behind_its_star_and_a_box_without_text_gets_none():
    data = b"# P\n\n## Progress\n\n- [ ]* Route\n- [ ]\n"
    once = mark_passed(data, "1", "x.md", AT, "execplan")
    assert once == data.replace(b"[ ]* Route", b"[x]* (2026-03-04 15:06Z) Route")
    assert mark_passed(once, "2", "x.md", AT, "execplan") == once.replace(b"[ ]", b"[x]")


def test_a_row_that_is_shorter_than_its_header_gets_the_cell_for_its_mark():
    text = "| # | Task | Type | Status |\n|---|---|---|---|\n| T1.1 | Write `a | b` it |\n| T1.2 | Say it\n"
    marked = mark_passed(mark_passed(text.encode(), "T1.1"), "T1.2")
    assert marked.decode().splitlines()[2:] == [
        "| T1.1 | Write `a | b` it |  | completed |",
        "| T1.2 | Say it |  | completed |",
    ]
    assert all(step.done for step in read_plan(marked).steps) and without_marks(marked) == without_marks(text.encode())


@pytest.mark.ledger("T8")
def test_a_taskboard_gets_status_date_and_current_state():
    path, text = SAMPLES["taskboard"][0]
    marked = mark_passed(text.encode(), "T1.1", path, AT).decode()
    assert "| T1.1 | M1 | 1 | Test | completed | — | D1 | 2026-03-04 |" in marked
    assert "| red | Test | completed | spec §2 | — | D1 |" in marked
    assert "| **Active task** | T1.2 |" in marked and "| **Tasks completed** | 2 / 4 |" in marked
    assert "| **Last updated** | 2026-03-04 |" in marked


@pytest.mark.parametrize(
    ("dialect", "key", "status", "new"),
    [
        ("taskboard", "T1.2", "in_progress", "| T1.2 | M1 | 1 | Code | in_progress |"),
        ("taskboard", "T1.2", "blocked", "| T1.2 | M1 | 1 | Code | blocked |"),
        ("taskmaster", "1.2", "in_progress", '"title": "Route", "status": "in-progress"'),
        ("cursor", "give-back", "in_progress", "    status: in_progress"),
        ("kiro", "1.2", "in_progress", "- [-]* 1.2"),
    ],
)
def test_a_mark_that_claims_nothing_is_written_where_the_dialect_has_one(dialect, key, status, new):
    path, text = SAMPLES[dialect][0]
    marked = mark_status(text.encode(), key, status, path)
    assert new in marked.decode() and without_marks(marked, path) == without_marks(text.encode(), path)
    assert not read_plan(marked, path).step(key).done


def test_a_dialect_without_such_a_mark_is_left_alone():
    for dialect in ("speckit", "bmad", "openspec", "superpowers", "blueprint", "spec", "execplan"):
        path, text = SAMPLES[dialect][0]
        key = read_plan(text.encode(), path).steps[-1].key
        assert mark_status(text.encode(), key, "in_progress", path) == text.encode()


@pytest.mark.ledger("P16", "P18")
def test_checkpoints_are_written_replaced_and_taken_out_again():
    path, text = SAMPLES["phases"][0]
    data = text.encode()
    failed = write_checkpoint(data, "1.5", {"status": "failed", "error": "two\nlines"}, path)
    assert failed.decode().endswith(
        '\n## Execution Checkpoints\n\n- phase_1_5:\n    status: failed\n    error: "two\\nlines"\n'
    )
    both = write_checkpoint(failed, "0", {"status": "complete", "artifacts": "[a, b]"}, path)
    again = write_checkpoint(both, "1.5", {"status": "complete"}, path)
    told = [(c.key, c.status) for c in read_plan(again, path).checkpoints]
    assert told == [("1.5", "complete"), ("0", "complete")] and b"error" not in again
    done = mark_implemented(mark_passed(again, "1.5", path, AT), AT, "2 hours", path)
    plan = read_plan(done, path)
    assert plan.status == "Implemented" and all(step.done for step in plan.steps)
    assert "- Phase 1.5: Lend (NEW) - Complete" in done.decode()
    assert mark_implemented(done, AT, "2 hours", path) == done
    assert without_marks(done, path) == without_marks(failed, path) == without_marks(data, path)


def test_a_failed_checkpoint_gives_way_when_its_phase_passes():
    path, text = SAMPLES["phases"][0]
    failed = write_checkpoint(text.encode(), "1.5", {"status": "failed", "failed_at": "x", "error": "boom"}, path)
    plan = read_plan(mark_passed(failed, "1.5", path, AT), path)
    assert plan.step("1.5").done and plan.checkpoints[0].fields == {"status": "complete"}


@pytest.mark.ledger("T9", "T10")
def test_gates_and_pull_requests_are_written_into_their_rows():
    path, text = SAMPLES["taskboard"][0]
    gated = write_gate(text.encode(), "Phase 1", AT, "pass", "all | good", path)
    assert "| 1 | 2026-03-04 | pass | all \\| good |" in gated.decode()
    again = write_gate(gated, "Phase 1", datetime(2026, 4, 1, tzinfo=UTC), "pass", "", path)
    assert again.decode().endswith("| Phase 1 | 2026-04-01 | pass |  |\n") and len(changed_lines(gated, again)) <= 1
    asked = write_pull_request(again, "M1", "open — #7", path)
    assert "| PR-1 | Minor | M1 | feat/M1-lending | phase/1 | open — #7 |" in asked.decode()
    assert without_marks(asked, path) == without_marks(text.encode(), path)


def test_what_another_dialect_keeps_is_not_written():
    path, text = SAMPLES["speckit"][0]
    data = text.encode()
    assert write_checkpoint(data, "T001", {"status": "complete"}, path) == data
    assert mark_implemented(data, AT, "", path) == write_gate(data, "1", AT, "pass", path=path) == data
    assert write_pull_request(data, "M1", "open", path) == data


def test_every_dialect_says_in_words_what_it_writes():
    assert DIALECTS["kiro"].mark.startswith("the ticked box") and DIALECTS["spec"].mark == ""


MARKS = st.sampled_from([" ", "x", "X", "~", "-"])
BULLETS = st.sampled_from(["-", "*", "+", "1."])
WORDS = st.sampled_from(["Lend it", "Handle `a|b`", "Say: so", "**Bold** text", "Tag [P] inside", "Ünïcode ✅ end?"])
NESTED = st.sampled_from(
    ["", "  - [ ] part\n", "  - [x] part\n    - [ ] deeper\n", "  ```\n  - [ ] code\n  ```\n", "\n\n"]
)
BOXES = st.lists(st.tuples(MARKS, BULLETS, WORDS, NESTED), min_size=1, max_size=6)
HEADS = st.sampled_from(["# Tasks\n\n", "# Implementation Plan\n\n", "", "---\ntitle: x\n---\n\n## 1. Group\n\n"])
NAMES = st.sampled_from(["T00{n} ", "{n}. ", "1.{n} ", ""])


@given(HEADS, NAMES, BOXES, st.sampled_from(["\n", "\r\n"]))
@settings(deadline=None, max_examples=150)
def test_the_promise_holds_for_generated_lists(head, name, boxes, ending):
    lines = [f"{b} [{m}] {name.format(n=n)}{w}\n{more}" for n, (m, b, w, more) in enumerate(boxes, 1)]
    data = (head + "".join(lines)).replace("\n", ending).encode()
    for step in read_plan(data, "tasks.md").steps:
        check_step(data, step.key, "tasks.md")


CELLS = st.sampled_from(["pending", "in_progress", "blocked", "—", "`pending`"])
TITLES = st.sampled_from(["Lend", "Test: `a|b`", "a \\| b", "long   text", ""])


@given(st.lists(st.tuples(CELLS, TITLES), min_size=1, max_size=5), st.booleans())
@settings(deadline=None, max_examples=80)
def test_the_promise_holds_for_generated_boards(rows, tracked):
    board = "| # | Task | Status |\n|---|---|---|\n"
    board += "".join(f"| T1.{n} | {title} | {status} |\n" for n, (status, title) in enumerate(rows, 1))
    track = "## Task Tracking\n\n| Task | Phase | Status | Completed |\n|---|---|---|---|\n"
    track += "".join(f"| T1.{n} | 1 | {status} | — |\n" for n, (status, _) in enumerate(rows, 1))
    data = (f"# P\n\n#### M1\n\n{board}\n" + (track if tracked else "")).encode()
    for step in read_plan(data, "plan.md").steps:
        check_step(data, step.key, "plan.md")


def test_todos_in_braces_get_their_status_in_place():
    text = "---\nname: Lend\ntodos:\n  - {id: a, content: Model, status: pending}\n  - {id: b, content: Route}\n---\n"
    first = mark_passed(text.encode(), "a", "lend.plan.md").decode()
    assert first == text.replace("pending", "completed")
    both = mark_passed(first.encode(), "b", "lend.plan.md").decode()
    assert "- {id: b, content: Route, status: completed}\n" in both
    assert all(step.done for step in read_plan(both.encode(), "lend.plan.md").steps)
