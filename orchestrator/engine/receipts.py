"""The receipt of a run: built from what is frozen into it, compared at every claim."""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from agents import briefs
from orchestrator.engine import receipt
from orchestrator.engine.rows import StepRow
from orchestrator.models import Receipt, Run, RunStep
from orchestrator.statements import Prepared, as_text, gather


def tree_of(run: Run) -> receipt.Tree:
    """The tree of hashes of a run as it stands now: its own rows, and this installation's templates and agents."""
    planned = {step["key"]: step for step in run.compiled["plan"]["steps"]}
    steps = {step.key: _leaf(step.leaf, planned[step.key]) for step in run.revision.steps() if step.key in planned}
    return _tree(run.policy, run.compiled, run.start_oid, steps)


def _tree(policy: dict[str, Any], compiled: dict[str, Any], start: str, steps: dict[str, Any]) -> receipt.Tree:
    roles = sorted(set(policy["runners"]))
    return receipt.tree(
        policy=policy,
        toolchain=compiled["toolchain"],
        checks=compiled["checks"],
        agents=compiled["agents"],
        guidelines=compiled["guidelines"],
        configuration=compiled["configuration"],
        briefs={role: briefs.template(role) for role in roles},
        start=start,
        steps=steps,
    )


def _leaf(content: str, planned: dict[str, Any]) -> dict[str, Any]:
    chosen = planned["start"] == "waiting"
    return {"content": content, "stages": planned["stages"], "agents": planned["agents"], "chosen": chosen}


# -- at a claim: what it compares must not cost a walk over the plan ---------------------------------------------------

_FROZEN = Prepared(
    lambda run_id: (
        Run.objects.filter(pk=run_id).order_by().values_list(as_text("policy"), as_text("compiled"), "start_oid")
    )
)
_APPROVED = Prepared(
    lambda run_id: Receipt.objects.filter(run=run_id).order_by("-id").values_list(as_text("leaves"))[:1]
)


_CONTENT = Prepared(lambda step_id: RunStep.objects.filter(pk=step_id).order_by().values_list("step__leaf"))


@lru_cache(maxsize=4)
def _shared(policy: str, compiled: str, start: str) -> tuple[receipt.Leaves, dict[str, dict[str, Any]]]:
    """The leaves that all steps share, and what was planned for each step, of rows as they are stored."""
    frozen = json.loads(compiled)
    planned = {step["key"]: step for step in frozen["plan"]["steps"]}
    return _tree(json.loads(policy), frozen, start, {}).leaves, planned


@lru_cache(maxsize=4)
def _leaves(text: str) -> receipt.Leaves:
    leaves: dict[str, str] = json.loads(text)
    return leaves


def mismatch(run_id: int, step: StepRow) -> list[dict[str, Any]]:
    """Reasons why a dispatch of this step may not start: leaves that differ from what was approved, by name."""
    (frozen,), approved, content = gather([_FROZEN(run_id), _APPROVED(run_id), _CONTENT(step.id)])
    if not approved:
        return [{"text": "This run was never approved."}]
    shared, planned = _shared(*frozen)
    own = {f"step:{step.key}": receipt.digest(_leaf(leaf, planned[step.key])) for (leaf,) in content}
    names = receipt.changed(_leaves(approved[0][0]), {**shared, **own}, step.key)
    return [{"text": f"What was approved has changed: {name}.", "leaf": name} for name in names]


def approved_again(run: Run, names: Collection[str]) -> receipt.Tree:
    """The run's last approval with the named leaves as they are now, and no other changed."""
    approved, now = Receipt.objects.filter(run=run).first(), tree_of(run).leaves
    assert approved is not None
    return _with(approved, now, names)


def approved_by_act(run: Run, before: receipt.Leaves) -> receipt.Tree:
    """The run's last approval with what its approver's own act has changed since `before`. A leaf that was not as
    approved even before stays so, and the next claim asks about it."""
    approved, now = Receipt.objects.filter(run=run).first(), tree_of(run).leaves
    assert approved is not None
    own = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return _with(approved, now, [name for name in own if before.get(name) == approved.leaves.get(name)])


def _with(approved: Receipt, now: receipt.Leaves, names: Collection[str]) -> receipt.Tree:
    kept = {name: leaf for name, leaf in approved.leaves.items() if name not in names}
    return receipt.Tree(kept | {name: now[name] for name in names if name in now})
