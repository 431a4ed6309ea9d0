"""Whether a dispatch's base really holds what its step builds on."""

from __future__ import annotations

from orchestrator.engine.ground import Ground
from orchestrator.models import Dispatch, RunStepDependency

Commit = tuple[str, str]
"""A step's key, and the commit with which it landed."""


def required(dispatch: Dispatch) -> list[Commit]:
    """The landed steps that the dispatch's step needs. What those needed is in them: it was looked at before them. A
    step that was complete before the run has no commit in it."""
    needed = RunStepDependency.objects.filter(step=dispatch.step_id, waived=False).exclude(on__landed_oid="")
    return list(needed.order_by("on__position").values_list("on__key", "on__landed_oid"))


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
