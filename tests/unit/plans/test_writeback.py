"""Marks: exactly the step's heading and boxes, every other byte as it was."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.exceptions import AmbiguousStep, StepNotFound, UnreadablePlan
from plans.reading import content_hash, read_plan
from plans.types import ParsedPlan, ParsedStep
from plans.writeback import completion_marks, mark_passed, without_marks
from tests.unit.plans.samples import plan_text, step_text

FENCED = "Example:\n\n```md\n### Step 1: example\n\n- [ ] stays open\n```\n\n"


@pytest.mark.ledger("B15")
def test_the_heading_gets_its_check_mark_and_each_box_its_tick():
    before = plan_text(
        step_text(fields=FENCED, checks="- [ ] a\n  * [ ] nested\n- [x] b\n1. [~] c\n"), step_text("### Step 2: B")
    )
    first, second = before.split("### Step 2")
    first = first.replace("### Step 1: Login", "### ✅ Step 1: Login")
    first = first.replace("- [ ] a\n  * [ ] nested", "- [x] a\n  * [x] nested").replace("[~]", "[x]")
    assert mark_passed(before.encode(), "1").decode() == first + "### Step 2" + second


@pytest.mark.ledger("B15")
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_endings_byte_order_mark_and_missing_last_newline_stay(ending, bom):
    lines = ["### Step 1: X  ", "\t", "- [ ] a ", "text \t", "+ [ ]  b"]
    before = bom + ending.join(lines).encode()
    after = bom + ending.join(["### ✅ Step 1: X  ", "\t", "- [x] a ", "text \t", "+ [x]  b"]).encode()
    assert mark_passed(before, "1") == after
    assert mark_passed(after, "1") == after


@pytest.mark.parametrize("heading", ["### Step 1: X ✅", "## ✔️ Step 1 — X", "### Step 1 ✅: X"])
def test_a_heading_that_is_marked_in_another_way_gets_no_second_mark(heading):
    text = f"{heading}\n\n- [ ] a\n"
    assert mark_passed(text.encode(), "1").decode() == f"{heading}\n\n- [x] a\n"


def test_a_missing_step_and_a_doubled_key_are_refused_by_name():
    with pytest.raises(StepNotFound, match=r"a\.md has no step 9"):
        mark_passed(plan_text().encode(), "9", "a.md")
    with pytest.raises(AmbiguousStep, match="more than one step 1"):
        mark_passed(plan_text(step_text(), step_text()).encode(), "1")
    with pytest.raises(UnreadablePlan, match="UTF-8"):
        mark_passed(b"### Step 1: \xff\n", "1")
    with pytest.raises(StepNotFound):
        mark_passed(b"# nothing\n", "1")


@pytest.mark.ledger("X2")
def test_completion_marks_are_listed_by_step_and_line():
    text = mark_passed(b"# P\n\n### Step 1: A\n\n- [ ] a\n- [x] b\n\n### Step 2: B\n\n- [ ] c\n", "1")
    assert completion_marks(text) == [("1", 3), ("1", 5), ("1", 6)]
    assert completion_marks(b"# P\n\n### Step 1: A\n\n- [ ] a\n- [~] b\n") == []
    assert completion_marks(b"# no plan [x]\n") == []


@pytest.mark.ledger("X1")
def test_text_without_marks_is_the_same_before_and_after_a_step_has_passed():
    before = plan_text(step_text(fields=FENCED), step_text("### Step 2: B ✅")).encode()
    after = mark_passed(mark_passed(before, "1"), "2")
    assert without_marks(after) == without_marks(before) != before
    assert without_marks(before.replace(b"log in", b"log out")) != without_marks(before)


def test_a_step_file_is_marked_in_its_title():
    text = b"# Set up\n\n## Phase 3 \xe2\x80\x94 Verification\n\n- [ ] a\n"
    marked = mark_passed(text, "2", "m/02_setup.md").decode()
    assert marked == "# ✅ Set up\n\n## Phase 3 — Verification\n\n- [x] a\n"
    assert without_marks(marked.encode(), "m/02_setup.md") == text


HEADINGS = ["### Step {n}: T", "### ✅ Step {n}: T", "## Step {n} — T ✅", "#### Step {n}a - T", "### Step {n}.5 ✅: T"]
CHECKS = [
    "- [ ] a\n",
    "- [x] `pytest`\n  - [ ] b\n",
    "1. [~] c\n[x] d\n",
    "```\n- [ ] e\n```\n- [ ]* f\n",
    "prose\n",
    "",
]
FIELDS = ["", "**Acceptance criteria**:\n- [ ] One\n- Two\n", FENCED, "**Depends on**: Step 1\n", "## Milestone 1\n\n"]


@given(
    st.lists(
        st.tuples(st.sampled_from(HEADINGS), st.sampled_from(FIELDS), st.sampled_from(CHECKS)), min_size=1, max_size=6
    ),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(deadline=None)
def test_a_marked_plan_reads_as_the_plan_with_that_step_done(parts, ending):
    steps = [step_text(heading.format(n=n), fields, checks) for n, (heading, fields, checks) in enumerate(parts, 1)]
    check_every_step(plan_text(*steps).replace("\n", ending).encode(), "plan.md")


def test_more_plans_read_as_the_plan_with_that_step_done(tmp_path):
    """Also holds for the folder of real plans that SIGNALBOX_CORPUS names."""
    (tmp_path / "blueprint").mkdir()
    (tmp_path / "blueprint/own.md").write_text(plan_text())
    folders = [tmp_path, *map(Path, filter(None, [os.environ.get("SIGNALBOX_CORPUS")]))]
    for path in [path for folder in folders for path in sorted(folder.glob("blueprint/*.md"))]:
        check_every_step(path.read_bytes(), path.name)


def check_every_step(text: bytes, path: str) -> None:
    before = read_plan(text, path)
    for step in before.steps:
        marked = mark_passed(text, step.key, path)
        after = read_plan(marked, path)
        assert told(after) == told(with_done(before, step.key))
        assert [content_hash(one) for one in after.steps] == [content_hash(one) for one in before.steps]
        assert mark_passed(marked, step.key, path) == marked
        assert without_marks(marked, path) == without_marks(text, path)
        changed = [n for n, (a, b) in enumerate(zip(text.split(b"\n"), marked.split(b"\n"), strict=True), 1) if a != b]
        assert all(step.span.start <= line <= step.span.end for line in changed)


def with_done(plan: ParsedPlan, key: str) -> ParsedPlan:
    done = [
        replace(s, done=True, checks=tuple(replace(c, done=True) for c in s.checks)) for s in plan.steps if s.key == key
    ]
    others = {step.key: step for step in [*plan.steps, *done]}
    spans = [step.span for step in done]
    codes = ("conflicting-done", "unknown-marker")
    problems = [p for p in plan.problems if p.code not in codes or not any(s.start <= p.line <= s.end for s in spans)]
    return replace(plan, steps=tuple(others.values()), problems=tuple(problems))


def told(plan: ParsedPlan) -> ParsedPlan:
    """The plan without verbatim texts that hold boxes: their content is compared by hash."""
    return replace(plan, steps=tuple(plain(step) for step in plan.steps))


def plain(step: ParsedStep) -> ParsedStep:
    return replace(step, objective=None, instructions={}, criteria=())
