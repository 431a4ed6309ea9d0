"""How a step's worktrees were made ready: what its base contains, what setup made, and its log while it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.engine.holder import is_dead
from orchestrator.engine.ports import SIZE
from orchestrator.models import Dispatch, RunStep, Setup, Workspace
from orchestrator.web.reading.signs import Sign

SHOWN = 3
_SIGNS = {
    "": Sign("hammer", "running", "under way"),
    "made": Sign("circle-check", "passed", "made"),
    "failed": Sign("circle-x", "failed", "failed"),
    "stopped": Sign("circle-off", "neutral", "stopped"),
}


@dataclass(frozen=True, slots=True)
class Making:
    """One time that setup ran. `is_open` where it is under way, `refused` are hosts with why they were refused."""

    row: Setup
    sign: Sign
    is_open: bool

    @property
    def refused(self) -> list[str]:
        return [why for why in self.row.asked.values() if why]


def makings(step: RunStep) -> list[Making]:
    """The newest times that setup ran for a step, the last one first."""
    return [_making(row) for row in step.setups.order_by("-id")[:SHOWN]]


def _making(row: Setup) -> Making:
    outcome = "stopped" if not row.outcome and is_dead(row.holder) else row.outcome
    return Making(row, _SIGNS[outcome], outcome == "")


@dataclass(frozen=True, slots=True)
class Ready:
    """What the newest dispatch of a step began with. `made` is the making of its setup, wherever it was; `last_port`
    ends the range of a worktree that is live."""

    dispatch: Dispatch
    place: Workspace | None
    made: Setup | None

    @property
    def last_port(self) -> int | None:
        return self.place.port + SIZE - 1 if self.place and self.place.port else None


def ready(step: RunStep) -> Ready | None:
    """None where nothing can be told: no dispatch has begun, or it needed nothing."""
    dispatch = step.dispatches.exclude(base_oid="").order_by("-id").first()
    if dispatch is None:
        return None
    place = dispatch.workspaces.order_by("-id").first()
    key = place.prepared.get("key") if place else None
    made = Setup.objects.filter(run__project=step.run.project_id, key=key, outcome="made").last() if key else None
    told = dispatch.contains or (place and (place.prepared or place.port))
    return Ready(dispatch, place, made) if told else None


def of_step(step: RunStep) -> dict[str, Any]:
    """The values of the step page's region."""
    found: Sequence[Making] = makings(step)
    return {"ready": ready(step), "makings": found, "growing": any(making.is_open for making in found)}
