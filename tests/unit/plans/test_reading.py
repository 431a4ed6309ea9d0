"""Reading never fails on content: it says at which line and what to do."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.exceptions import UnreadablePlan
from plans.reading import MAX_BYTES, content_hash, read_plan, read_plan_file
from plans.writeback import mark_passed
from tests.unit.plans.samples import plan_text, read, read_one, step_text


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (b"", "empty", 1),
        (b"\xef\xbb\xbf \r\n", "empty", 1),
        (b"# A\n\nb\x00c", "binary", 3),
        (b"# A\r\nb\r\n\xe9t\xe9\r\n", "encoding", 3),
        ("# A".encode("utf-16"), "encoding", 1),
        (b"# A\n" * (MAX_BYTES // 4 + 1), "too-large", 1),
        (b"# A\n\nprose\n", "no-steps", 1),
    ],
)
def test_what_cannot_be_read_is_a_plan_without_steps_and_the_reason(data, code, line):
    plan = read_plan(data, "docs/x.md")
    assert plan.steps == () and plan.has_errors and plan.dialect == "unknown" and plan.title == "x"
    assert (plan.problems[0].code, plan.problems[0].line) == (code, line)
    assert ";" in plan.problems[0].message


@given(st.binary(max_size=400))
def test_no_bytes_make_reading_fail(data):
    read_plan(b"### Step 1: A\n" + data, "x.md")


@given(st.text(alphabet="#*-` \n[x]✅<!|:Step1\t\r>~", max_size=120))
def test_no_text_makes_reading_or_marking_fail(text):
    data = ("### Step 1: A\n" + text).encode()
    plan = read_plan(data, "x.md")
    for key in {step.key for step in plan.steps if sum(one.key == step.key for one in plan.steps) == 1}:
        assert mark_passed(mark_passed(data, key), key) == mark_passed(data, key)


def test_a_missing_file_and_a_folder_are_refused_in_words(tmp_path):
    with pytest.raises(UnreadablePlan, match=r"there is no such file; check the path"):
        read_plan_file(tmp_path / "no.md")
    with pytest.raises(UnreadablePlan, match="it is a folder"):
        read_plan_file(tmp_path)


def test_a_file_is_known_by_the_path_that_is_given(tmp_path):
    (tmp_path / "p.md").write_text(plan_text())
    assert read_plan_file(tmp_path / "p.md", "docs/p.md").path == "docs/p.md"


def test_a_chosen_dialect_overrides_detection():
    assert read_plan(plan_text().encode(), "p.md", dialect="blueprint").reasons == ("blueprint was chosen",)


def test_the_content_hash_does_not_know_marks_or_lines():
    text = plan_text(step_text(checks="- [ ] `pytest`\n"))
    moved = mark_passed(text.replace("# Shop", "# Shop\n\nMore text.").encode(), "1").decode()
    assert content_hash(read_one(text)) == content_hash(read_one(moved))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Login", "Logon"),
        ("log in", "log out"),
        ("password", "name"),
        ("src/thing.py", "src/it.py"),
        ("Is it", "Was it"),
        ("reads well", "reads"),
    ],
)
def test_the_content_hash_knows_every_text_of_a_step(old, new):
    text = plan_text(step_text())
    assert content_hash(read_one(text)) != content_hash(read_one(text.replace(old, new)))


@pytest.mark.parametrize("was_on", [True, False])
def test_reading_leaves_the_collector_as_it_was(was_on):
    (gc.enable if was_on else gc.disable)()
    try:
        read_plan(plan_text().encode(), "x.md")
        assert gc.isenabled() is was_on and gc.get_freeze_count() == 0
    finally:
        gc.enable()


def test_crlf_and_lf_texts_mean_the_same():
    text = plan_text()
    assert read(text).steps == read(text.replace("\n", "\r\n")).steps
