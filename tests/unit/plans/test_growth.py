"""Twice the text takes twice the time, whatever it holds: in reading, linting, printing and marking."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from plans.dialects import DIALECTS
from plans.lint import lint
from plans.printing import plan_json, plan_text, problems_sarif, problems_text
from plans.reading import read_plan
from plans.references import Targets, declared
from plans.writeback import completion_marks, mark_with_parents
from tests.unit.plans.dialects.samples import SAMPLES


def each(count: int, line: Callable[[int], str]) -> str:
    return "".join(map(line, range(1, count + 1)))


STEP = "### Step 1: a\n"
TASK = "- [ ] T001 a "
SHAPES: dict[str, tuple[str, str]] = {
    "boxes below many headings": ("checklist", each(6_000, lambda n: f"## Phase {n}: x\n") + "- [ ] a\n" * 2_000),
    "phases on two levels": (
        "phases",
        each(2_500, lambda n: f"### Phase {n}: x\n") + each(2_500, lambda n: f"## Phase {n + 2_500}: x\n"),
    ),
    "numbers that are no step": ("blueprint", f"{STEP}**Depends on**: Step {each(10_000, lambda n: f'{n}, ')}\n"),
    "names that are no step": ("blueprint", f"{STEP}**Depends on**: {each(10_000, lambda n: f'ab{n}, ')}\n"),
    "digits before a word": ("blueprint", f"{STEP}**Depends on**: {'1' * 10_000}ab\n"),
    "many fields of one name": ("blueprint", STEP + each(5_000, lambda n: f"**Depends on**: a{n}\n")),
    "many milestones": (
        "blueprint",
        each(2_500, lambda n: f"## Milestone {n}\n{STEP}")
        + f"**Depends on**: Milestone {each(2_500, lambda n: f'{n}, ')}",
    ),
    "blanks in the frontmatter": ("checklist", f"---\ntitle: x\na{' ' * 60_000}b\n---\n- [ ] a\n"),
    "a quote in the frontmatter": (
        "checklist",
        f'---\na: "{"x" * 900}\n' + ("y" * 900 + "\n") * 190 + "---\n- [ ] a\n",
    ),
    "one group again and again": ("speckit", "## Phase 1\n- [ ] T001 a\n" * 4_000),
    "criteria between boxes": ("phases", "## Phase 1: x\n" + "**Acceptance criteria**:\n- [ ] a\n" * 5_000),
    "tables of tools": ("checklist", "- [ ] a\n" + "## a\n" * 15_000 + "| command | tool |\n|---|---|\n\n" * 15_000),
    "launchers": ("blueprint", f"{STEP}- [ ] `{'sudo ' * 60_000}pytest`\n"),
    "words of the shell": ("blueprint", f"{STEP}- [ ] `{'cd a && ' * 5_000}pytest`\n"),
    "a number of many digits": ("blueprint", f"{STEP}- [ ] `wc -l x` at least {'1' * 30_000}.5\n"),
    "a number too large": ("blueprint", f"{STEP}- [ ] `wc -l x` at least {'1' * 30_000}\n"),
    "numbers and commas": ("blueprint", f"{STEP}- [ ] `wc -l x` {'0,' * 20_000}\n"),
    "dashes": ("speckit", f"{TASK}(depends on {'a-' * 40_000})\n"),
    "blanks behind criteria": ("bmad", f"# Story 1.1\n## Tasks / Subtasks\n- [ ] a (AC{' ' * 30_000}b\n"),
    "blanks behind a dependency": ("speckit", f"{TASK}(depends on{' ' * 30_000}b\n"),
    "tags": ("speckit", f"- [ ] T001 {'[P] ' * 200_000}b\n"),
    "tabs in the groups": ("phases", f"## Phase 1: a\n## Parallelization\n{chr(9) * 30_000}x\n"),
    "an item of many levels": ("kiro", each(400, lambda n: f"{'  ' * n}- [ ] {n} a\n")),
    "json on one line": (
        "taskmaster",
        '{"tasks":[' + each(3_000, lambda n: f'{{"id":{n},"title":"a","status":"done"}},') + '{"id":0}]}',
    ),
    "json of empty objects": ("taskmaster", '{"tasks":[],"x":' + "[" * 300 + "{}," * 100_000 + "{}" + "]" * 300 + "}"),
    "a long first line": ("checklist", "a" * 400_000 + "\n" + "- [x] a\n" * 3_000),
}


def handled(data: bytes, path: str, dialect: str) -> None:
    plan = read_plan(data, path, dialect)
    problems = lint(plan)
    last = max(1, len(data.splitlines()))
    assert all(1 <= problem.line <= last for problem in problems)
    for said in (plan_text(plan), plan_json(plan), problems_text([(path, problems)]), problems_sarif([("", problems)])):
        assert said is not None
    completion_marks(data, path, dialect)
    keys = [step.key for step in plan.steps]
    for key in [key for key in keys[-1:] if keys.count(key) == 1]:
        mark_with_parents(data, key, path, None, dialect)


def in_time(data: bytes, path: str, dialect: str) -> None:
    started = time.process_time()
    handled(data, path, dialect)
    assert time.process_time() - started < 2.0 + 12 * len(data) / 1e6


@pytest.mark.parametrize("name", SHAPES)
def test_a_text_that_repeats_itself_takes_linear_time(name):
    dialect, text = SHAPES[name]
    in_time(text.encode(), "tasks.json" if dialect == "taskmaster" else "x.md", dialect)


BESIDE = {
    "a line": lambda text: text + "- [ ] " + "lorem `a` (b) 1.2, " * 8_000 + "\n",
    "a paragraph": lambda text: text + "lorem `a` (b) 1.2, " * 8_000 + "\n",
    "a heading": lambda text: text + "\n### Step 9: " + "lorem `a` (b) 1.2, " * 8_000 + "\n",
    "a row": lambda text: text + "\n| # | Task | Status |\n|---|---|---|\n| T9 | " + "a, `b` | " * 20_000 + "\n",
    "a field": lambda text: text + "\n**Depends on**: " + "Step 1, T001, lend-tool, " * 8_000 + "\n",
    "nested items": lambda text: text + each(8_000, lambda n: f"{'  ' * (n % 60)}- [ ] x{n}\n"),
    "open fences": lambda text: text + "- [ ] a\n  ```a\nx\n  ~~~\n" * 2_500,
    "front": lambda text: "---\nname: " + "lorem: x, " * 20_000 + "\n" + text.removeprefix("---\n"),
}


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "taskmaster"])
@pytest.mark.parametrize("what", BESIDE)
def test_something_endless_in_a_plan_of_any_dialect_takes_linear_time(what, dialect):
    path, text = SAMPLES[dialect][0]
    in_time(BESIDE[what](text).encode(), path, dialect)


@pytest.mark.parametrize("part", ['"' + "x" * 500_000 + '"', "[" * 300 + "]" * 300, " " * 500_000 + "1", "{}"])
def test_something_endless_in_json_takes_linear_time(part):
    path, text = SAMPLES["taskmaster"][0]
    in_time(text.replace('"Members borrow tools."', part).encode(), path, "taskmaster")


def test_how_many_pairs_of_steps_a_plan_may_state_does_not_grow_with_its_ranges():
    keys = [str(n) for n in range(1, 20_001)]
    targets = Targets.of(keys, {"1": keys})
    ranges = declared(", ".join(f"{n}-{n + 499}" for n in range(1, 20_000 - 500)), targets, "20000")
    assert len(ranges.found) <= targets.share == 250 and "Steps: 1–500" in ranges.outside
    assert declared("Milestone 1", targets, "20000").outside == ("Milestone 1",)


def test_a_step_of_a_parallel_group_is_told_once_that_it_waits_for_another():
    phases = each(300, lambda n: f"## Phase {n}: a\n**Dependencies:** Phases 1-300\n")
    text = f"{phases}## Parallelization\n| Phases |\n|---|\n" + "| Phases 1-300 |\n" * 50
    found = [p for p in lint(read_plan(text.encode(), "x.md", "phases")) if p.code == "parallel-dependency"]
    assert len(found) == 300
