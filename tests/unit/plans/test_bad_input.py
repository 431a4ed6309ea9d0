"""Whatever a file holds, reading and linting end soon, and say at which line what is wrong."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plans.dialects import DIALECTS
from plans.exceptions import MAX_STEPS
from plans.folder import read_folder
from plans.lint import lint
from plans.reading import MAX_BYTES, MAX_LINES, read_plan
from plans.writeback import mark_passed
from tests.unit.plans.dialects.samples import ALL

LONG = 300_000
DEEP = "".join("  " * (n % 60) + f"- [ ] x{n}\n" for n in range(10_000))
BOMB = (
    "---\na: &a [x, x]\n"
    + "".join(f"b{n}: &b{n} [*a, *a]\n" for n in range(300))
    + "todos:\n  - id: !!python/x y\n---\n"
)

HOSTILE = {
    "a long line of spaces": ("x.md", "- [ ] a" + " " * LONG + "b"),
    "a long line of tabs": ("x.md", "\t" * LONG + "- [ ] a"),
    "a long line of backticks": ("x.md", "- [ ] " + "`a " * LONG),
    "a long line of stars": ("x.md", "### Step 1: a\n\n**" + "*a" * LONG),
    "a long line of numbers": ("x.md", "- [ ] " + "1." * LONG),
    "a long line of brackets": ("x.md", "### Step 1: a\n**Depends on**: " + "(" * LONG),
    "a long row": ("x.md", "| # | Task | Status |\n|---|---|---|\n| T1.1 | " + "a|" * LONG),
    "a long heading": ("x.md", "### Step 1" + ".1" * LONG),
    "a long statement": ("x.md", "### Step 1: x\n- [ ] `pytest` " + "at least a of the " * 15_000),
    "deeply nested items": ("x.md", DEEP),
    "fences that never end": ("x.md", "- [ ] a\n```a\n" * 20_000),
    "fences of two kinds": ("x.md", "~~~\n```\n" * 30_000),
    "comments that never end": ("x.md", "<!-- a\n" * 30_000),
    "frontmatter that never ends": ("x.md", "---\ntitle: x\n" + "todos:\n" * 50_000),
    "frontmatter with aliases and tags": ("x.md", BOMB),
    "frontmatter nested deep": ("x.md", "---\ntodos:\n" + "".join(" " * n + "- a:\n" for n in range(600)) + "---\n"),
    "quotes that never end": ("x.md", "---\n" + "".join(f'a{n}: "x\n' for n in range(3_000)) + "---\n- [ ] a\n"),
    "one key again and again": ("x.md", "- [ ] T001 a\n" * 5_000),
    "ranges over everything": (
        "x.md",
        "| # | Task | Status | Depends On |\n|---|---|---|---|\n"
        + "".join(f"| T1.{n} | x | pending | T1.1–T1.{n} |\n" for n in range(1, 1_500)),
    ),
    "json nested deep": ("tasks.json", '{"tasks":' + "[" * LONG + "]" * LONG + "}"),
    "json with a huge number": ("tasks.json", '{"tasks":[{"id":' + "9" * 10_000 + "}]}"),
    "json that is Markdown": ("x.md", '{"tasks": [\n' * 20_000),
    "json of one text": ("tasks.json", '{"tasks":"' + '\\"' * LONG + '"}'),
    "control characters": ("x.md", "# \x01\x1b[31m\n\n- [ ] a\x07\x7f b \u202e evil\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_and_linted_in_linear_time(name):
    path, text = HOSTILE[name]
    data = text.encode()
    started = time.process_time()
    problems = lint(read_plan(data, path))
    assert time.process_time() - started < 1.0 + 4 * len(data) / 1e6
    lines = text.count("\n") + 1
    assert all(1 <= problem.line <= lines and problem.message for problem in problems)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('{\n// hi\n"tasks": []}', 2, "JSON has no comments"),
        ('{"tasks": [}', 1, "correct this line"),
        ('{"tasks": {}}', 1, 'no list "tasks"'),
        ('{"tasks":[{\n"id":' + "9" * 10_000 + "}]}", 2, "too many digits"),
        ('{"tasks":[\n{"id":1,\n"title":"a\\u0000b"}]}', 3, "no text can hold"),
        ('{"tasks":[{"id":1,\n"title":"\\ud83d"}]}', 2, "no text can hold"),
        ('{"tasks":[{"id":1,\n"title":"\\udc00\\ud800"}]}', 2, "no text can hold"),
        *(('{"tasks":[{"id":' + "[" * n + "]" * n + "}]}", 1, "nested too deep") for n in (500, 900, 950, 980)),
        ('{"tasks":' + "[" * 100_000, 1, "JSON"),
    ],
)
def test_json_that_cannot_be_read_says_where(text, line, said):
    plan = read_plan(text.encode(), "tasks.json")
    assert plan.steps == () and plan.problems[0].line == line and said in plan.problems[0].message


def test_json_that_writes_a_character_as_a_pair_or_a_backslash_before_it_is_read():
    plan = read_plan(rb'{"tasks":[{"id":1,"title":"\ud83d\ude00 \\u0000"}]}', "tasks.json")
    assert plan.steps[0].title == "\U0001f600 \\u0000"


@pytest.mark.parametrize(
    ("data", "line", "code"),
    [
        (b"# a\n\n- [ ] b\x1b[31m\n", 3, "hidden-character"),
        ("- [ ] b\n- [ ] a\u2066b\n".encode(), 2, "hidden-character"),
        (b"# a\n- [ ] \xff\n", 2, "encoding"),
        (b"# a\n\r\n- [ ] \x00\n", 3, "binary"),
        ("# a\n- [ ] b\n".encode("utf-16"), 1, "encoding"),
        ("# a\n- [ ] b\n".encode("utf-16-le"), 1, "binary"),
        (b"-\n" * (MAX_LINES + 1), 1, "too-large"),
        (b"-" * (MAX_BYTES + 1), 1, "too-large"),
    ],
)
def test_what_is_no_clean_text_is_told_at_its_line(data, line, code):
    problem = read_plan(data, "x.md").problems[0]
    assert (problem.line, problem.code) == (line, code)


def test_json_with_a_key_twice_is_told_at_its_line():
    plan = read_plan(b'{"tasks": [\n{"id": 1,\n "title": "a",\n "title": "b"}]}', "tasks.json")
    assert [(p.code, p.line) for p in plan.problems] == [("duplicate-json-key", 4)]


def test_frontmatter_that_is_not_understood_is_told_at_its_line():
    plan = read_plan(b"---\nname: x\n{{bad}}\nname: y\ntodos:\n  - id: a\n    content: b\n---\n", "x.plan.md")
    assert [(p.code, p.line) for p in plan.problems] == [("frontmatter", 3), ("duplicate-frontmatter-key", 4)]
    assert plan.title == "x" and len(plan.steps) == 1


def test_too_many_steps_are_refused_without_reading_them_all():
    plan = read_plan(b"- [ ] a\n" * (MAX_STEPS + 2), "todo.md")
    assert plan.steps == () and plan.problems[0].code == "too-many-steps"


def test_too_many_steps_under_headings_are_refused_without_reading_them_all():
    data = b"### Step 1: a\n" * (MAX_STEPS + 1)
    started = time.process_time()
    plan = read_plan(data, "plan.md")
    assert plan.steps == () and plan.problems[0].code == "too-many-steps" and "split it" in plan.problems[0].message
    assert time.process_time() - started < 4


def test_too_many_steps_in_the_files_of_one_folder_are_refused():
    half = b"- [ ] a\n" * (MAX_STEPS // 2 + 1)
    plan = read_folder({"01_a.md": half, "02_b.md": half}, "plan")
    assert plan.steps == () and plan.problems[0].code == "too-many-steps"


PIECES = st.sampled_from(
    [
        *(
            "- [ ] ",
            "- [x] ",
            "* [-] ",
            "[ ]",
            "1. ",
            "T001 ",
            "1.2 ",
            "**Task ID**: a\n",
            "**Depends On**: T001–",
            "\n",
        ),
        *("## ", "### Step 1: ", "### Task 2: ", "## Phase 3: ", "| # | Task | Status |\n|---|---|---|\n", "| T1.1 | "),
        *("pending | ", "```\n", "---\n", "todos:\n", "  - id: a\n", "    status: ", "<!-- ", "-->", "✅ ", "\t", "  "),
        *(
            "Deliverables\n",
            "Tasks / Subtasks\n",
            "Progress\n",
            "Execution Checkpoints\n",
            "- phase_1:\n    status: x\n",
        ),
        *("`pytest`", "é", "\u202e", "\x00", "\r", '{"tasks": [', '{"id": 1}', "]}", "word "),
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join), st.sampled_from([*DIALECTS, None]))
@settings(deadline=None, max_examples=300)
def test_no_text_makes_any_dialect_fail(text, dialect):
    data = text.encode()
    plan = read_plan(data, "x.md", dialect)
    lint(plan)
    seen = [step.key for step in read_plan(data, "x.md").steps]
    for key in {key for key in seen if seen.count(key) == 1}:
        marked = mark_passed(data, key, "x.md")
        assert mark_passed(marked, key, "x.md") == marked


@given(st.sampled_from(ALL), st.integers(0, 4_000), st.binary(max_size=6), st.integers(0, 30))
@settings(deadline=None, max_examples=200)
def test_a_damaged_plan_is_still_read(sample, at, noise, cut):
    _, path, text = sample
    data = text.encode()
    lint(read_plan(data[:at] + noise + data[at + cut :], path))
