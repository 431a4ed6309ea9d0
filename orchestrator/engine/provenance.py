"""Whether a dispatch's base really holds what its step builds on."""

from __future__ import annotations

import json

from orchestrator.engine.ground import Ground
from orchestrator.models import Dispatch, Event, RunStepDependency

Commit = tuple[str, str]
"""A step's key, and the commit with which it landed."""


def required(dispatch: Dispatch) -> list[Commit]:
    """The landed steps that the dispatch's step needs. What those needed is in them: it was looked at before them. A
    step that was complete before the run has no commit in it."""
    needed = RunStepDependency.objects.filter(step=dispatch.step_id, waived=False).exclude(on__landed_oid="")
    found = list(needed.order_by("on__position").values_list("on__key", "on__landed_oid"))
    theirs = _committed_by_a_person(dispatch.run_id) if found else {}
    return [(key, held) for key, oid in found if (held := theirs.get(key, oid))]


def _committed_by_a_person(run_id: int) -> dict[str, str]:
    """Key → commit of the steps that a person had committed themself when the run went on from their last commit: of
    those, that is the commit which holds them, "" where an older record does not name it."""
    switches = Event.objects.filter(chain=run_id, kind="run.git_switched").order_by("-seq")
    back = next(((event.seq, said) for event in switches if (said := json.loads(event.body))["to"] == "engine"), None)
    if back is None:
        return {}
    landed = Event.objects.filter(chain=run_id, kind="step.landed", seq__lt=back[0])
    return dict.fromkeys(landed.values_list("step", flat=True), back[1].get("head", ""))


def missing(ground: Ground, base: str, commits: list[Commit]) -> list[Commit]:
    """Those that are not in the history of `base`."""
    left = ground.hub.outside(base, [oid for _, oid in commits]) if commits else frozenset[str]()
    return [(key, oid) for key, oid in commits if oid in left]


def reasons(base: str, lacking: list[Commit]) -> list[dict[str, object]]:
    """Why a dispatch does not start."""
    return [
        {
            "text": f"The base {base[:10]} does not contain the commit of step {key} ({oid[:10]}), which it needs. "
            "The line was moved from outside: set it back to a commit that contains it.",
            "step": key,
        }
        for key, oid in lacking
    ]
