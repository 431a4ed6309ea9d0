"""ParsedPlan × Policy → DispatchPlan: what would run, by whom, in which order. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from orchestrator.engine.policy import ROLE_OF_STAGE, Policy
from orchestrator.engine.scope import in_scope

Content = Mapping[str, Any]
"""A ParsedStep as JSON."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One row of the dispatch plan. `start` is the status its RunStep begins with; `warnings` name what a chosen
    step needs and will not get; `agents` maps a stage to "runner" or "runner · model"."""

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


def compile_plan(steps: Sequence[Content], policy: Policy, scope: str = "") -> DispatchPlan:
    """The dispatch plan of a plan's steps, in plan order. Raises PersonError for a scope that does not fit."""
    keys = [step["key"] for step in steps]
    wanted = in_scope(scope, keys)
    start = {step["key"]: _start(step, wanted) for step in steps}
    planned = tuple(_planned(step, policy, start) for step in steps)
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


def _start(step: Content, wanted: set[str]) -> str:
    if step["done"]:
        return "already_done"
    return "waiting" if step["key"] in wanted else "out_of_scope"


def _planned(step: Content, policy: Policy, start: Mapping[str, str]) -> PlannedStep:
    unproven = sum(1 for check in step["checks"] if not check["command"])
    stages = tuple(stage for stage in policy.stages if stage != "prove" or unproven)
    dropped = tuple(key for key in step["depends_on"] if start[key] == "out_of_scope")
    here = start[step["key"]] == "waiting"
    return PlannedStep(
        key=step["key"],
        title=step["title"],
        group=step["group"] or "",
        start=start[step["key"]],
        stages=stages,
        agents=_agents(stages, policy),
        depends_on=tuple(step["depends_on"]),
        dropped=dropped,
        files=tuple(step["files"]),
        checks=len(step["checks"]),
        unproven=unproven,
        criteria=len(step["criteria"]),
        line=step["line"],
        warnings=tuple(f"needs step {key}, which is not in the scope" for key in dropped) if here else (),
    )


def _agents(stages: Sequence[str], policy: Policy) -> dict[str, str]:
    roles = {stage: ROLE_OF_STAGE[stage] for stage in stages if stage in ROLE_OF_STAGE}
    named = {stage: policy.runners.get(role, "") for stage, role in roles.items()}
    return {
        stage: f"{runner} · {policy.models[roles[stage]]}" if runner != "person" else runner
        for stage, runner in named.items()
        if runner
    }


def _batches(steps: Sequence[PlannedStep], size: int) -> int:
    batches, room, group = 0, 0, None
    for step in steps:
        if room == 0 or step.group != group:
            batches, room, group = batches + 1, size, step.group
        room -= 1
    return batches
