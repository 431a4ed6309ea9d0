"""Rules a plan is held against before it may run. Each rule looks at a whole plan and yields what it finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from plans.commands import installs
from plans.graph import find_cycle
from plans.lint_parallel import overlapping_files, parallel_dependency
from plans.types import Level, ParsedPlan, ParsedStep, Problem

Rule = Callable[[ParsedPlan], Iterator[Problem]]

_PHASES = {"build": "Phase 1 — Build", "review": "Phase 2 — Review", "verify": "Phase 3 — Verification"}
_PLACEHOLDER = re.compile(r"<[A-Za-z][^<>]*>|\{\{[^{}]*\}\}|\[(?:Component|Feature|Task|Phase|Title)[ \w]*\]")
_NAMED = re.compile(r"(?:Step|Milestone|Task|Phase|T)[ ]?[0-9]")


@dataclass(frozen=True, slots=True)
class Pair:
    """A rule of the project: a step whose title matches `when` needs another, matching `needs`, that depends on it."""

    when: re.Pattern[str]
    needs: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Locked:
    """A decision that no step may break: its id, its text, and what a breach looks like."""

    id: str
    text: str
    breach: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Demands:
    """What a profile and a project ask beyond the rules for every plan. A level of None asks nothing."""

    owner: Level | None = None
    files: Level | None = None
    blast_radius: Level | None = None
    agents: frozenset[str] | None = None
    pairs: tuple[Pair, ...] = ()
    locked: tuple[Locked, ...] = ()


NOTHING_MORE = Demands()


def lint(plan: ParsedPlan, demands: Demands = NOTHING_MORE) -> tuple[Problem, ...]:
    """What reading the plan found and what the rules find, by line. Done steps are past judging."""
    found = [problem for rule in (*RULES, *DIALECT_RULES.get(plan.dialect, ())) for problem in rule(plan)]
    asked = list(demanded(plan, demands))
    places = {(problem.line, problem.code) for problem in asked}
    found = [problem for problem in found if (problem.line, problem.code) not in places] + asked
    return tuple(sorted({*plan.problems, *found}, key=lambda problem: (problem.line, problem.code, problem.message)))


def dependency_cycle(plan: ParsedPlan) -> Iterator[Problem]:
    path = find_cycle([step for step in plan.steps if step.key not in step.depends_on])
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
            if _NAMED.match(name):
                what = f"depends on {name}, which names no step of this plan, or too many; correct or remove it"
                yield _problem(step, "warning", "unknown-dependency", what)


def template(plan: ParsedPlan) -> Iterator[Problem]:
    """A template that nobody has filled in."""
    if _PLACEHOLDER.search(plan.title.replace("`", "")) and any("<" in step.key for step in plan.steps):
        yield Problem(1, "error", "template", f"the title {plan.title} is still a template's; fill the plan in")
    for step in plan.steps:
        match = _PLACEHOLDER.fullmatch(step.key) or _PLACEHOLDER.fullmatch(step.title)
        if match:
            yield _problem(step, "error", "template", f"still holds the placeholder {match[0]}; fill it in")


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


def no_command_at_all(plan: ParsedPlan) -> Iterator[Problem]:
    commands = (check.command for step in plan.steps for check in step.checks)
    if plan.steps and not any(commands) and not any(entry.command for entry in plan.validation):
        message = "no step of this plan has a check with a command, so a person or an agent has to prove each"
        yield Problem(1, "note", "no-command", f"{message}; name one in backticks where you can")


def no_owner(plan: ParsedPlan) -> Iterator[Problem]:
    yield from _without(plan, "owner", "warning")


def no_agent_type(plan: ParsedPlan) -> Iterator[Problem]:
    """Only a single session needs nobody by name."""
    if plan.frontmatter.get("mode") != "sequential":
        yield from no_owner(plan)


def no_blast_radius(plan: ParsedPlan) -> Iterator[Problem]:
    yield from _without(plan, "blast_radius", "warning")


def no_files(plan: ParsedPlan) -> Iterator[Problem]:
    yield from _without(plan, "files", "note")


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
    template,
    overlapping_files,
    parallel_dependency,
    check_installs,
)
"""For plans of every dialect."""

DIALECT_RULES: dict[str, tuple[Rule, ...]] = {
    "blueprint": (no_objective, no_criteria, missing_section, no_command),
    "phases": (no_owner, no_criteria, no_blast_radius, no_files, no_command),
    "spec": (no_agent_type, no_command_at_all),
    "superpowers": (no_files,),
    "milestone": (),
    **dict.fromkeys(
        ("taskboard", "speckit", "kiro", "taskmaster", "bmad", "openspec", "cursor", "execplan", "checklist"),
        (no_command_at_all,),
    ),
}
"""What each dialect has a place for, and a plan without it lacks."""

_MISSING = {
    "owner": ("no-owner", "has no owner; name an agent"),
    "files": ("no-files", "names no files that it creates or changes; list them"),
    "blast_radius": ("no-blast-radius", "has no blast radius; name the tests it may break, or leave it empty for all"),
}


def demanded(plan: ParsedPlan, demands: Demands) -> Iterator[Problem]:
    """What only this profile or project asks."""
    for name in _MISSING:
        level: Level | None = getattr(demands, name)
        if level:
            yield from _without(plan, name, level)
    if demands.agents is None and not demands.locked and not demands.pairs:
        return
    for step in _open(plan):
        yield from _unknown_agent(step, demands.agents)
        yield from _breaches(step, demands.locked)
    for pair in demands.pairs:
        yield from _unpaired(plan, pair)


def _without(plan: ParsedPlan, name: str, level: Level) -> Iterator[Problem]:
    code, what = _MISSING[name]
    for step in _open(plan):
        value = getattr(step, name)
        if value is None or value == ():
            yield _problem(step, level, code, what)


def _unknown_agent(step: ParsedStep, agents: frozenset[str] | None) -> Iterator[Problem]:
    if agents is not None and step.owner and step.owner.lower() not in agents:
        known = ", ".join(sorted(agents)) or "none"
        yield _problem(step, "error", "unknown-agent", f"belongs to {step.owner}, who is no agent here ({known})")


def _breaches(step: ParsedStep, locked: tuple[Locked, ...]) -> Iterator[Problem]:
    text = "\n".join([step.title, *(part.text for part in step.instructions.values())])
    for decision in locked:
        match = decision.breach.search(text)
        if match:
            what = f"says “{match[0]}” against the locked decision {decision.id} ({decision.text}); decide which holds"
            yield _problem(step, "error", "locked-decision", what)


def _unpaired(plan: ParsedPlan, pair: Pair) -> Iterator[Problem]:
    partners = [step for step in plan.steps if pair.needs.search(step.title)]
    paired = {key for step in partners for key in (step.key, *step.depends_on)}
    for step in _open(plan):
        if pair.when.search(step.title) and step.key not in paired:
            what = f"needs a step of its own that matches {pair.needs.pattern} and depends on it; add it"
            yield _problem(step, "error", "unpaired", what)


def _open(plan: ParsedPlan) -> Iterator[ParsedStep]:
    return (step for step in plan.steps if not step.done)


def _problem(step: ParsedStep, level: Level, code: str, what: str) -> Problem:
    return Problem(step.line, level, code, f"Step {step.key} {what}")
