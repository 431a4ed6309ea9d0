"""Rules a plan is held against before it may run. Each rule looks at a whole plan and yields what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from plans.commands import installs
from plans.graph import find_cycle
from plans.types import Level, ParsedPlan, ParsedStep, Problem

Rule = Callable[[ParsedPlan], Iterator[Problem]]

_PHASES = {"build": "Phase 1 — Build", "review": "Phase 2 — Review", "verify": "Phase 3 — Verification"}


def lint(plan: ParsedPlan) -> tuple[Problem, ...]:
    """What reading the plan found and what the rules find, by line. Done steps are past judging."""
    found = [problem for rule in RULES for problem in rule(plan)]
    return tuple(sorted({*plan.problems, *found}, key=lambda problem: (problem.line, problem.code, problem.message)))


def dependency_cycle(plan: ParsedPlan) -> Iterator[Problem]:
    others = [step for step in plan.steps if step.key not in step.depends_on]
    path = find_cycle(others)
    if path:
        line = next(step.line for step in plan.steps if step.key == path[0])
        yield Problem(line, "error", "cycle", f"steps wait for each other: {' → '.join(path)}; remove one dependency")


def self_dependency(plan: ParsedPlan) -> Iterator[Problem]:
    for step in plan.steps:
        if step.key in step.depends_on:
            yield _problem(step, "error", "self-dependency", "depends on itself; remove this dependency")


def unknown_dependency(plan: ParsedPlan) -> Iterator[Problem]:
    for step in plan.steps:
        for name in step.outside_dependencies:
            if name.startswith(("Step", "Milestone")):
                what = f"depends on {name}, which names no step of this plan, or too many; correct or remove it"
                yield _problem(step, "warning", "unknown-dependency", what)


def no_objective(plan: ParsedPlan) -> Iterator[Problem]:
    for step in _open(plan):
        if step.objective is None:
            yield _problem(step, "warning", "no-objective", "has no objective; add `**Objective**: …`")


def no_criteria(plan: ParsedPlan) -> Iterator[Problem]:
    for step in _open(plan):
        if not step.criteria:
            what = "has no acceptance criteria; add `**Acceptance criteria**:` with one bullet for each"
            yield _problem(step, "warning", "no-criteria", what)


def missing_section(plan: ParsedPlan) -> Iterator[Problem]:
    for step in _open(plan):
        for role, name in _PHASES.items():
            if role not in step.instructions:
                yield _problem(step, "warning", "missing-section", f"has no section `{name}`; add it")


def no_command(plan: ParsedPlan) -> Iterator[Problem]:
    for step in _open(plan):
        if not any(check.command for check in step.checks):
            what = "has no check with a command, so nothing proves it without a person; add one in backticks"
            yield _problem(step, "warning", "no-command", what)


def check_installs(plan: ParsedPlan) -> Iterator[Problem]:
    for step in _open(plan):
        for check in step.checks:
            if check.command and installs(check.command):
                message = f"the check `{check.command}` installs packages; checks run offline: install before the run"
                yield Problem(check.line, "warning", "check-installs", message)


RULES: tuple[Rule, ...] = (
    dependency_cycle,
    self_dependency,
    unknown_dependency,
    no_objective,
    no_criteria,
    missing_section,
    no_command,
    check_installs,
)


def _open(plan: ParsedPlan) -> Iterator[ParsedStep]:
    return (step for step in plan.steps if not step.done)


def _problem(step: ParsedStep, level: Level, code: str, what: str) -> Problem:
    return Problem(step.line, level, code, f"Step {step.key} {what}")
