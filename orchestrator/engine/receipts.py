"""The receipt of a run: built from what is frozen into it, compared at every claim."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from agents import briefs, registry
from orchestrator.engine import receipt
from orchestrator.models import Receipt, Run, RunStep
from plans.models import PlacedStep


def tree_of(run: Run, only: str | None = None) -> receipt.Tree:
    """The tree of hashes of a run as it stands now: its own rows, and this installation's templates and agents.

    With `only`, of all steps' leaves just that one: what a claim compares must not cost a walk over the plan."""
    chosen = run.revision.steps(only)
    roles = sorted(set(run.policy["runners"]))
    planned = {step["key"]: step for step in run.compiled["plan"]["steps"]}
    return receipt.tree(
        policy=run.policy,
        toolchain=run.compiled["toolchain"],
        agents={role: asdict(registry.definition(role)) for role in roles},
        briefs={role: briefs.template(role) for role in roles},
        start=run.start_oid,
        steps={step.key: _leaf(step, planned[step.key]) for step in chosen},
    )


def _leaf(step: PlacedStep, planned: dict[str, Any]) -> dict[str, Any]:
    chosen = planned["start"] == "waiting"
    return {"content": step.leaf, "stages": planned["stages"], "agents": planned["agents"], "chosen": chosen}


def mismatch(run: Run, step: RunStep) -> list[dict[str, Any]]:
    """Reasons why a dispatch of this step may not start: leaves that differ from what was approved, by name."""
    approved = Receipt.objects.filter(run=run).first()
    if approved is None:
        return [{"text": "This run was never approved."}]
    names = receipt.changed(approved.leaves, tree_of(run, step.key).leaves, step.key)
    return [{"text": f"What was approved has changed: {name}.", "leaf": name} for name in names]


def approved_again(run: Run, names: list[str]) -> receipt.Tree:
    """The run's last approval with the named leaves as they are now, and no other changed."""
    approved, now = Receipt.objects.filter(run=run).first(), tree_of(run).leaves
    assert approved is not None
    return receipt.Tree(dict(approved.leaves) | {name: now.get(name, "") for name in names})
