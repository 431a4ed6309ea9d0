"""Whether a dispatch's base really holds what its step builds on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.engine.ground import Ground
from orchestrator.models import Dispatch, Event, RunStepDependency

Commit = tuple[str, str]
"""A step's key, and the commit that holds it."""
SWITCHED = "run.git_switched"


@dataclass(frozen=True, slots=True)
class Proof:
    """`contains` are the commits of needed steps that are in the base, `lacking` those that are not."""

    contains: tuple[Commit, ...] = ()
    lacking: tuple[Commit, ...] = ()


def prove(ground: Ground, dispatch: Dispatch) -> Proof:
    """Look for each landed step that the dispatch's step needs. What those needed is in them: it was looked at before
    them. A step that was complete before the run has no commit in it."""
    needed = RunStepDependency.objects.filter(step=dispatch.step_id, waived=False).exclude(on__landed_oid="")
    commits = list(needed.order_by("on__position").values_list("on__key", "on__landed_oid"))
    outside = ground.hub.outside(dispatch.base_oid, [oid for _, oid in commits]) if commits else frozenset[str]()
    by_person = _committed_by_person(ground, dispatch) if outside else {}
    contains = tuple((key, by_person.get(oid, oid)) for key, oid in commits if oid in by_person or oid not in outside)
    return Proof(contains, tuple((key, oid) for key, oid in commits if oid in outside and oid not in by_person))


def _committed_by_person(ground: Ground, dispatch: Dispatch) -> Mapping[str, str]:
    """Our commit to theirs, of steps that a person had committed themself when they let the engine go on from there."""
    switches = Event.objects.filter(chain=dispatch.run_id, kind=SWITCHED).order_by("seq")
    found: dict[str, str] = {}
    for body in map(json.loads, switches.values_list("body", flat=True)):
        if body.get("head") and ground.hub.is_ancestor(body["head"], dispatch.base_oid):
            found |= dict.fromkeys(body["holds"], body["head"])
    return found


def reasons(base: str, lacking: Sequence[Commit]) -> list[dict[str, object]]:
    """Why a dispatch does not start."""
    return [
        {
            "text": f"The base {base[:10]} does not contain the commit of step {key} ({oid[:10]}), which it needs. "
            "The line was moved from outside: set it back to a commit that contains it.",
            "step": key,
        }
        for key, oid in lacking
    ]
