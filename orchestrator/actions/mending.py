"""Work that a person mended by hand in a held worktree: what changed, and the commit that keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestrator.engine.ground import Ground
from orchestrator.exceptions import PersonError
from orchestrator.models import Decision, Dispatch, RunStep, Workspace


@dataclass(frozen=True, slots=True)
class Mended:
    """`commit` keeps the worktree as it is now; `files` differ from the attempt that failed (none: nothing was
    mended); `tree` is what a re-check will look at."""

    step: int
    commit: str
    tree: str
    files: tuple[str, ...]


def mended(decision: Decision) -> Mended | None:
    """The held worktree of a decision's step as it is now, or None when there is none.

    Raises PersonError when its folder was removed by hand."""
    held = (
        Workspace.objects.filter(step__in=decision.subjects, status="held", dispatch__role="builder")
        .exclude(path=None)
        .order_by("-id")
        .first()
    )
    if held is None:
        return None
    if not Path(held.path or "").is_dir():
        raise PersonError(f"The worktree {held.path} is gone. Its last state is kept: choose rebuild to go on from it.")
    dispatch = Dispatch.objects.select_related("run__project", "step").get(workspaces=held)
    ground = Ground.of(dispatch.run.project)
    found = ground.snapshot(Path(held.path or ""), dispatch)
    before = RunStep.objects.values_list("work_oid", flat=True).get(pk=held.step_id) or dispatch.base_oid
    files = tuple(change.path for change in ground.changed(before, found.commit))
    return Mended(held.step_id, found.commit, found.tree, files)
