"""What a box waits for, however its team writes it."""

from __future__ import annotations

import pytest

from tests.unit.plans.samples import read


def needs(text: str, key: str, path: str = "tasks.md") -> tuple[str, ...]:
    step = read(text, path).step(key)
    assert step is not None
    return step.depends_on


def speckit(last: str) -> str:
    return f"## Phase 1\n\n- [ ] T001 Model\n- [ ] T002 Store\n- [ ] T003 [P] Shelf\n- [ ] T004 {last}\n"


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Wire the form (depends on T001)", ("T001",)),
        ("Wire the form (contracts §3; depends on T001, T002)", ("T001", "T002")),
        ("Wire the form. Depends on T002, T003.", ("T002", "T003")),
        ("Wire the form — depends on T001", ("T001",)),
        ("Wire the form (blocked by: T001–T003)", ("T001", "T002", "T003")),
        ("Wire the form. Depends on T002 (the store) and T001", ("T002", "T001")),
        ("Wire the form (depends on all previous tasks)", ("T001", "T002", "T003")),
        ("Wire the form.\n  - Depends on T002", ("T002",)),
        ("Wire the form; it does not depend on T001", ()),
        ("Wire the form so that T001 no longer depends on T002", ()),
        ("Wire the form. Depends on 3 services", ()),
        ("Wire the form. Depends on T001 — same file as T003", ("T001",)),
    ],
)
def test_a_task_waits_for_what_its_text_says(said, found):
    assert needs(speckit(said), "T004", "specs/001-x/tasks.md") == found


def test_a_number_in_a_sentence_is_a_task_only_where_it_is_called_one():
    story = "# Story 1.1: Lend\n\n## Tasks / Subtasks\n\n- [ ] Model\n- [ ] Store\n- [ ] {}\n"
    assert needs(story.format("Form _(depends on: Tasks 1, 2)_"), "3") == ("1", "2")
    assert needs(story.format("Form. It depends on Task 2"), "3") == ("2",)
    assert needs(story.format("Form that depends on 2 tables"), "3") == ()
