"""The promise of every mark: the marked text reads as the plan with that step done, and nothing else has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from plans.document import scan
from plans.reading import content_hash, read_plan
from plans.types import ParsedPlan, ParsedStep
from plans.writeback import completion_marks, mark_passed, without_marks

AT = datetime(2026, 3, 4, 15, 6, tzinfo=UTC)
OWNED = ("current state", "execution checkpoints")
"""Sections that follow the rows of the run."""


def check_step(data: bytes, key: str, path: str) -> None:
    before = read_plan(data, path)
    marked = mark_passed(data, key, path, AT)
    after = read_plan(marked, path)
    assert told(after) == told(with_done(before, key))
    assert [content_hash(step) for step in after.steps] == [content_hash(step) for step in before.steps]
    assert mark_passed(marked, key, path, AT) == marked
    assert without_marks(marked, path) == without_marks(data, path)
    assert key in {name for name, _ in completion_marks(marked, path)}
    step = before.step(key)
    assert step is not None
    assert set(changed_lines(data, marked)) <= own_lines(data, path, step)


def told(plan: ParsedPlan) -> list[object]:
    steps = [(s.key, s.title, s.depends_on, s.files, s.group, s.parent, s.done, checks(s)) for s in plan.steps]
    return [plan.dialect, plan.title, plan.goal, steps]


def checks(step: ParsedStep) -> list[tuple[str, bool]]:
    return [(check.text, check.done) for check in step.checks]


def with_done(plan: ParsedPlan, key: str) -> ParsedPlan:
    return replace(plan, steps=tuple(_done(step) if step.key == key else step for step in plan.steps))


def _done(step: ParsedStep) -> ParsedStep:
    return replace(step, done=True, checks=tuple(replace(check, done=True) for check in step.checks))


def changed_lines(before: bytes, after: bytes) -> list[int]:
    """Lines of the first text that are otherwise in the second; an inserted line belongs to the one above it."""
    old, new = before.splitlines(), after.splitlines()
    grown = len(new) - len(old)
    differing = [n for n, pair in enumerate(zip(old, new, strict=False), 1) if pair[0] != pair[1]]
    return differing if not grown else differing[:1]


def own_lines(data: bytes, path: str, step: ParsedStep) -> set[int]:
    """The step's own lines, the places that speak of it, and the sections that the engine owns."""
    document = scan(data, path)
    lines = set(range(step.span.start, step.span.end + 2)) | {claim.line for claim in step.claims}
    owned = False
    for number, text in enumerate(document.lines, 1):
        if text.startswith("#"):
            owned = text.strip("# ").lower() in OWNED
        if owned:
            lines.add(number)
    return lines
