"""Giving a step of a run to another agent before the run is approved (M6)."""

from __future__ import annotations

from django.db import transaction

from orchestrator import chain
from orchestrator.actions.runs import rescope
from orchestrator.engine.transitions import Actor
from orchestrator.exceptions import PersonError
from orchestrator.models import Run


def assign(run: Run, key: str, agent: str, actor: Actor) -> Run:
    """Let this agent build this step; "" leaves it to the plan and the rubric again. Raises PersonError."""
    _assignable(run, key, agent)
    assigned = run.compiled.get("assigned", {})
    if agent == assigned.get(key, {}).get("agent", ""):
        return run
    planned = {step["key"]: step["builder"] for step in run.compiled["plan"]["steps"]}
    others = {other: one for other, one in assigned.items() if other != key}
    with transaction.atomic():
        head = chain.lock(run.pk)
        body = {"from": planned[key], "to": agent}
        chain.append(head, [chain.Record("step.assigned", actor.name, actor.via, key, body)])
        run.compiled |= {"assigned": others | ({key: {"agent": agent, "by": actor.name}} if agent else {})}
        return rescope(run, actor=actor)


def _assignable(run: Run, key: str, agent: str) -> None:
    if run.status != "awaiting_approval":
        raise PersonError(
            f"Run {run.pk} is {run.status.replace('_', ' ')}: its agents were approved with it. "
            "Abort it and start another to give a step to another agent."
        )
    builders = run.compiled.get("builders", [])
    if not builders:
        raise PersonError(f"In run {run.pk} a person builds every step; there is no agent to choose.")
    if agent and agent not in builders:
        raise PersonError(f"There is no agent '{agent}' that builds. Known ones: {', '.join(builders)}.")
    steps = run.compiled["plan"]["steps"]
    if key not in [step["key"] for step in steps]:
        raise PersonError(f"There is no step {key} in run {run.pk}. Its steps: {', '.join(s['key'] for s in steps)}.")
    if any(step["key"] == key and step["start"] == "already_done" for step in steps):
        raise PersonError(f"Step {key} is complete already; nobody builds it.")
