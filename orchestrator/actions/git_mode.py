"""Switching a run between "the engine commits" and "I commit": an explicit, recorded act, from the next step on."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from orchestrator import chain
from orchestrator.engine import handover
from orchestrator.engine.policy import Policy
from orchestrator.engine.provenance import SWITCHED
from orchestrator.engine.receipts import approved_by_act, tree_of
from orchestrator.engine.states import RUN_OVER, WORKING
from orchestrator.engine.transitions import Actor, advance
from orchestrator.exceptions import PersonError
from orchestrator.models import Line, Receipt, Run, RunStep


def switch(run: Run, mode: str, actor: Actor, user_id: int) -> None:
    """Let the next step be committed the other way. Raises PersonError while a step is under way, or while the
    person's clone holds something that they have not committed."""
    policy = Policy.from_dict(run.policy)
    changed = policy.with_git(mode)
    _may_switch(run, policy, mode)
    line = Line.objects.get(run=run, name="main")
    values = _to_user(run, line) if mode == "user" else _to_engine(line)
    before = tree_of(run).leaves
    with transaction.atomic():
        head = chain.lock(run.pk)
        run.policy = changed.as_dict()
        run.save(update_fields=["policy"])
        Line.objects.filter(pk=line.pk).update(**values)
        body = {"from": policy.git, "to": mode} | (_held(run, values["head_oid"]) if mode == "engine" else {})
        chain.append(head, [chain.Record(SWITCHED, actor.name, actor.via, "", body)])
        tree = approved_by_act(run, before)
        Receipt.objects.create(run=run, digest=tree.digest, leaves=tree.leaves, approved_by_id=user_id, via=actor.via)
    advance(run.pk)


def _held(run: Run, head: str) -> dict[str, Any]:
    """What the person has committed as they saw fit: from now on their commit stands for these of ours."""
    landed = RunStep.objects.filter(run=run).exclude(landed_oid="").order_by("position")
    return {"head": head, "holds": list(landed.values_list("landed_oid", flat=True))}


def _may_switch(run: Run, policy: Policy, mode: str) -> None:
    if run.status in ("draft", "awaiting_approval") or run.status in RUN_OVER:
        raise PersonError(
            f"Run {run.pk} is {run.status.replace('_', ' ')}: the git mode is chosen when it is approved."
        )
    if policy.git == mode:
        raise PersonError(f"Run {run.pk} is in git mode '{mode}' already.")
    busy = RunStep.objects.filter(run=run, status__in=sorted(WORKING)).first()
    if busy is not None:
        raise PersonError(f"Step {busy.key} is under way in git mode '{policy.git}'. Switch when it has ended.")


def _to_user(run: Run, line: Line) -> dict[str, str]:
    return {"clone": handover.make_clone(run, line.head_oid), "publish_state": "none"}


def _to_engine(line: Line) -> dict[str, str]:
    """The engine goes on from the person's own last commit, so that only their commits and its own are published."""
    head = handover.committed_head(line)
    if not head:
        raise PersonError(f"{line.clone} holds changes that are not committed. Commit them first, then switch.")
    return {"clone": "", "head_oid": head, "publish_state": "behind"}
