"""Hold the plan readers to their promises on inputs that nobody would write.

`python scripts/fuzz_plans.py SEEDS [libFuzzer options]` needs `atheris`, which is no dependency of the project: install
it into an environment of your own. An input's first byte chooses the dialect, the rest is the file. An input that
breaks a promise is kept by libFuzzer as `crash-…`; `python scripts/fuzz_plans.py crash-…` shows the error again.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

try:
    import atheris
except ImportError:
    sys.exit("scripts/fuzz_plans.py needs atheris: pip install atheris, in an environment of your own.")

with atheris.instrument_imports(include=["plans"]):
    from plans.dialects import DIALECTS
    from plans.lint import lint
    from plans.printing import plan_json, plan_text, problems_json, problems_sarif, problems_text
    from plans.reading import content_hash, read_plan
    from plans.types import ParsedPlan, ParsedStep
    from plans.writeback import completion_marks, mark_passed, without_marks

AT = datetime(2026, 3, 4, 15, 6, tzinfo=UTC)
CHOICES: tuple[str | None, ...] = (*DIALECTS, None)
PATHS = {"taskmaster": "tasks.json", "cursor": "x.plan.md", "blueprint": "02_x.md"}
MARKED = 3
"""Steps of an input that are marked."""


def one(data: bytes) -> None:
    """Read, lint, print and mark one input."""
    dialect = CHOICES[data[0] % len(CHOICES)] if data else None
    started = time.process_time()
    _promises(data[1:], PATHS.get(dialect or "", "x.md"), dialect)
    taken = time.process_time() - started
    assert taken < 2 + len(data) / 5_000, f"{len(data)} bytes took {taken:.1f} s"


def _promises(text: bytes, path: str, dialect: str | None) -> None:
    plan = read_plan(text, path, dialect)
    plan = replace(plan, problems=lint(plan))
    last = max(1, len(text.splitlines()))
    assert all(1 <= problem.line <= last and problem.message for problem in plan.problems), plan.problems
    assert plan.steps or plan.problems, "no step, and no word why"
    keys = [step.key for step in plan.steps]
    for step in plan.steps:
        _inside(step, last)
        assert set(step.depends_on) <= set(keys)
        content_hash(step)
    for said in (plan_text(plan), plan_json(plan), *(p([(path, plan.problems)]) for p in PRINTERS)):
        said.encode()
    completion_marks(text, path, dialect or "") if plan.steps else None
    for step in [step for step in plan.steps if keys.count(step.key) == 1][:MARKED]:
        _mark(text, path, dialect or plan.dialect, read_plan(text, path, dialect or plan.dialect), step.key)


PRINTERS: tuple[Callable[..., str], ...] = (problems_text, problems_json, problems_sarif)


def _inside(step: ParsedStep, last: int) -> None:
    assert 1 <= step.span.start <= step.line <= step.span.end <= last, step.span
    assert all(step.span.start <= check.line <= step.span.end for check in step.checks), step.checks
    assert all(1 <= claim.line <= last for claim in step.claims), step.claims


def _mark(text: bytes, path: str, dialect: str, plan: ParsedPlan, key: str) -> None:
    marked = mark_passed(text, key, path, AT, dialect)
    after = read_plan(marked, path, dialect)
    assert [step.key for step in after.steps] == [step.key for step in plan.steps], f"{key}: other steps"
    told = [(step.title, step.depends_on, step.group, step.done) for step in after.steps]
    meant = [(step.title, step.depends_on, step.group, step.done or step.key == key) for step in plan.steps]
    if any(problem.code == "conflicting-done" for problem in after.problems) or DIALECTS[dialect].needs_box:
        told, meant = [row[:3] for row in told], [row[:3] for row in meant]
    assert not DIALECTS[dialect].mark or told == meant, f"{key}: {told} is not {meant}"
    assert mark_passed(marked, key, path, AT, dialect) == marked, f"{key}: a second mark"
    assert without_marks(marked, path, dialect) == without_marks(text, path, dialect), f"{key}: another meaning"


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
