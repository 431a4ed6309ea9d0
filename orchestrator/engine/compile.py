"""ParsedPlan × Policy → DispatchPlan: what would run, by whom, in which order. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from orchestrator.engine.parts import Content, needed, parts_of
from orchestrator.engine.policy import PERSON, ROLE_OF_STAGE, Policy
from orchestrator.engine.scope import in_scope


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One row of the dispatch plan. `start` is the status its RunStep begins with; `warnings` name what a chosen
    step needs and will not get; `agents` maps a stage to "runner" or "runner · model", with the agent's name before it
    where that is not the role's own. `builder` is the agent's name, `because` says who chose it ("" for nobody)."""

    key: str
    title: str
    group: str
    start: str
    stages: tuple[str, ...]
    agents: dict[str, str]
    depends_on: tuple[str, ...]
    dropped: tuple[str, ...]
    files: tuple[str, ...]
    checks: int
    unproven: int
    criteria: int
    line: int
    builder: str = "builder"
    because: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DispatchPlan:
    """`dispatches` counts what a run without any failure needs; agents beyond that are needed only after one."""

    steps: tuple[PlannedStep, ...]
    total: int
    done: int
    chosen: int
    dispatches: int
    checks: int
    batches: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who builds, by step: (agent, because), and the model of each agent by its name. Steps that are not named are the
    builder's."""

    builders: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, compiled: Mapping[str, Any]) -> Crew:
        """As a run has frozen it."""
        builders = {step["key"]: (step["builder"], step["because"]) for step in compiled["plan"]["steps"]}
        return cls(builders, {name: agent["model"] for name, agent in compiled["agents"].items()})


def compile_plan(steps: Sequence[Content], policy: Policy, scope: str = "", crew: Crew | None = None) -> DispatchPlan:
    """The dispatch plan of a plan's steps, in plan order; one that only holds others is not dispatched, its parts are.
    Raises PersonError for a scope that does not fit."""
    crew = crew or Crew()
    by_key, parts = {step["key"]: step for step in steps}, parts_of(steps)
    wanted = in_scope(scope, list(by_key), parts)
    work = [step for step in steps if step["key"] not in parts]
    start = {step["key"]: _start(step, wanted) for step in work}
    needs = {step["key"]: needed(step, by_key, parts) for step in work}
    planned = tuple(_planned({**step, "depends_on": needs[step["key"]]}, policy, start, crew) for step in work)
    going = [step for step in planned if step.start == "waiting"]
    return DispatchPlan(
        steps=planned,
        total=len(planned),
        done=sum(step.start == "already_done" for step in planned),
        chosen=len(going),
        dispatches=sum(len(step.agents) for step in going),
        checks=sum(step.checks for step in going),
        batches=_batches(going, policy.batch),
    )


def stopping(problems: Sequence[Mapping[str, Any]], plan: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The errors that stop an approval: those of the whole, and those of a chosen step. Both as JSON."""
    chosen = {"", *(step["key"] for step in plan["steps"] if step["start"] == "waiting")}
    return [problem for problem in problems if problem["level"] == "error" and problem["step"] in chosen]


def _start(step: Content, wanted: set[str]) -> str:
    if step["done"]:
        return "already_done"
    return "waiting" if step["key"] in wanted else "out_of_scope"


def _planned(step: Content, policy: Policy, start: Mapping[str, str], crew: Crew) -> PlannedStep:
    unproven = sum(1 for check in step["checks"] if not check["command"])
    stages = tuple(stage for stage in policy.stages if stage != "prove" or unproven)
    dropped = tuple(key for key in step["depends_on"] if start[key] == "out_of_scope")
    here = start[step["key"]] == "waiting"
    builder, because = crew.builders.get(step["key"], ("builder", ""))
    return PlannedStep(
        key=step["key"],
        title=step["title"],
        group=step["group"] or "",
        start=start[step["key"]],
        stages=stages,
        agents=_agents(stages, policy, builder, crew.models),
        depends_on=tuple(step["depends_on"]),
        dropped=dropped,
        files=tuple(step["files"]),
        checks=len(step["checks"]),
        unproven=unproven,
        criteria=len(step["criteria"]),
        line=step["line"],
        builder=builder,
        because=because,
        warnings=tuple(f"needs step {key}, which is not in the scope" for key in dropped) if here else (),
    )


def _agents(stages: Sequence[str], policy: Policy, builder: str, models: Mapping[str, str]) -> dict[str, str]:
    roles = {stage: ROLE_OF_STAGE[stage] for stage in stages if stage in ROLE_OF_STAGE}
    names = {stage: builder if role == "builder" else role for stage, role in roles.items()}
    runners = {stage: policy.runners.get(role, "") for stage, role in roles.items()}
    return {
        stage: " · ".join(_words(roles[stage], names[stage], runner, models))
        for stage, runner in runners.items()
        if runner
    }


def _words(role: str, name: str, runner: str, models: Mapping[str, str]) -> Iterator[str]:
    if runner == PERSON:
        yield runner
        return
    if name != role:
        yield name
    yield runner
    if name in models:
        yield models[name]


def _batches(steps: Sequence[PlannedStep], size: int) -> int:
    batches, room, group = 0, 0, None
    for step in steps:
        if room == 0 or step.group != group:
            batches, room, group = batches + 1, size, step.group
        room -= 1
    return batches
