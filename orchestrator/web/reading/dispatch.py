"""A run's dispatch plan under a choice of steps and git mode, with the receipt that approving it would bind."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.engine.compile import Crew, compile_plan, stopping
from orchestrator.engine.policy import Policy
from orchestrator.engine.receipts import tree_of
from orchestrator.exceptions import PersonError
from orchestrator.models import Receipt, Run


@dataclass(frozen=True, slots=True)
class Choice:
    """Which steps, in the words of a scope ("" for all that are open), and which git mode ("" for not chosen)."""

    scope: str
    git: str

    @classmethod
    def of(cls, run: Run, ticked: Sequence[str] | None, git: str) -> Choice:
        """What a person has ticked; None where the form was not shown yet."""
        git = git or run.policy.get("git", "")
        if ticked is None:
            return cls(run.scope, git)
        open_keys = [step["key"] for step in run.compiled["plan"]["steps"] if step["start"] != "already_done"]
        return cls("" if set(ticked) == set(open_keys) else ", ".join(ticked) or "nothing ticked", git)


@dataclass(frozen=True, slots=True)
class Offer:
    """`plan` is the DispatchPlan as JSON; `digest` "" where it cannot be approved, `problem` says why."""

    choice: Choice
    plan: Mapping[str, Any]
    groups: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]
    digest: str
    roles: Sequence[str]
    problem: str
    receipt: Receipt | None


def offer(run: Run, choice: Choice) -> Offer:
    """What a choice comes to, computed as approving it would, without storing anything."""
    wanted, problem = _as_chosen(run, choice)
    plan = wanted.compiled["plan"]
    chosen = [step for step in plan["steps"] if step["start"] == "waiting"]
    roles = list(dict.fromkeys(stage for step in chosen for stage in step["agents"]))
    errors = stopping(run.compiled["problems"], plan)
    if errors:
        problem = f"Mend {len(errors)} error{'s' if len(errors) > 1 else ''} first; they are listed above."
    digest = "" if problem or run.status != "awaiting_approval" else tree_of(wanted).digest
    return Offer(choice, plan, _groups(plan["steps"]), digest, roles, problem, run.receipts.first())


def _as_chosen(run: Run, choice: Choice) -> tuple[Run, str]:
    if run.status != "awaiting_approval":
        return run, ""
    wanted = copy.copy(run)
    policy = Policy.from_dict(run.policy)
    wanted.policy = (policy.with_git(choice.git) if choice.git else policy).as_dict()
    try:
        contents = [step.content for step in run.revision.steps()]
        plan = compile_plan(contents, Policy.from_dict(wanted.policy), choice.scope, Crew.of(run.compiled))
    except PersonError:
        return run, "Tick at least one step."
    wanted.compiled = run.compiled | {"plan": _plain(plan.as_dict())}
    return wanted, ""


def _plain(value: Any) -> Any:
    """As it reads back from JSON: a digest is over what is stored."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _groups(steps: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Steps under their phase or milestone, in plan order."""
    grouped: list[tuple[str, list[Mapping[str, Any]]]] = []
    for step in steps:
        if not grouped or grouped[-1][0] != step["group"]:
            grouped.append((step["group"], []))
        grouped[-1][1].append(step)
    return grouped
