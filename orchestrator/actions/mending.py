"""Work that a person mended by hand in a held worktree: what changed, and the commit that keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.workspaces.types import FileChange
from orchestrator.engine import clash
from orchestrator.engine.ground import Ground
from orchestrator.exceptions import PersonError
from orchestrator.models import Decision, Dispatch, Workspace


@dataclass(frozen=True, slots=True)
class Mended:
    """`commit` keeps the worktree as it is now; `changes` are against what the card opened on (none: nothing was
    mended); `tree` is what a re-check will look at."""

    step: int
    commit: str
    tree: str
    changes: tuple[FileChange, ...]

    def as_dict(self) -> dict[str, Any]:
        """What the answer's consequences say of it, JSON-serialisable."""
        return {"tree": self.tree, "edits": [[c.path, c.added, c.deleted] for c in self.changes]}


def mended(decision: Decision) -> Mended | None:
    """The held worktree of a decision's step as it is now, or None when there is none.

    Raises PersonError when its folder was removed by hand, or a conflict in it is not resolved."""
    worktrees = Workspace.objects.filter(step__in=decision.subjects, status="held", dispatch__role="builder")
    held = worktrees.exclude(path=None).order_by("-id").first()
    if held is None:
        return None
    folder = Path(held.path or "")
    if not folder.is_dir():
        raise PersonError(f"The worktree {folder} is gone. Its last state is kept: choose rebuild to go on from it.")
    dispatch = Dispatch.objects.select_related("run__project", "step").get(workspaces=held)
    ground = Ground.of(dispatch.run.project)
    # Another base than the attempt's own: a conflict is resolved on what has landed.
    found = ground.snapshot(folder, dispatch, held.base_oid)
    if decision.kind == "conflict":
        _resolved(decision, ground, found.commit, folder)
        before = ground.worktrees.head_of(folder)
    else:
        before = dispatch.step.work_oid or dispatch.base_oid
    return Mended(held.step_id, found.commit, found.tree, ground.changed(before, found.commit))


def _resolved(decision: Decision, ground: Ground, oid: str, folder: Path) -> None:
    files = [path for reason in decision.payload["reasons"] for path in reason.get("files", ())]
    left = clash.unresolved(ground, oid, files)
    if left:
        raise PersonError(
            f"The conflict markers in {', '.join(left)} are still there. Resolve them in {folder}, then choose recheck."
        )
