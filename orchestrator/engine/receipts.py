"""The receipt of a run: built from what is frozen into it, compared at every claim."""

from __future__ import annotations

from typing import Any

from agents import briefs
from orchestrator.engine import receipt
from orchestrator.models import Receipt, Run, RunStep
from plans.models import Step


def tree_of(run: Run, only: str | None = None) -> receipt.Tree:
    """The tree of hashes of a run as it stands now: its own rows, and this installation's templates.

    With `only`, of all steps' leaves just that one: what a claim compares must not cost a walk over the plan."""
    chosen = run.revision.steps.all() if only is None else run.revision.steps.filter(key=only)
    roles = sorted(set(run.policy["runners"]))
    planned = {step["key"]: step for step in run.compiled["plan"]["steps"]}
    return receipt.tree(
        policy=run.policy,
        toolchain=run.compiled["toolchain"],
        agents=run.compiled["agents"],
        guidelines=run.compiled["guidelines"],
        configuration=run.compiled["configuration"],
        briefs={role: briefs.template(role) for role in roles},
        start=run.start_oid,
        steps={step.key: _leaf(step, planned[step.key]) for step in chosen},
    )


def _leaf(step: Step, planned: dict[str, Any]) -> dict[str, Any]:
    chosen = planned["start"] == "waiting"
    return {"content": step.leaf, "stages": planned["stages"], "agents": planned["agents"], "chosen": chosen}


def mismatch(run: Run, step: RunStep) -> list[dict[str, Any]]:
    """Reasons why a dispatch of this step may not start: leaves that differ from what was approved, by name."""
    approved = Receipt.objects.filter(run=run).first()
    if approved is None:
        return [{"text": "This run was never approved."}]
    names = receipt.changed(approved.leaves, tree_of(run, step.key).leaves, step.key)
    return [{"text": f"What was approved has changed: {name}.", "leaf": name} for name in names]
