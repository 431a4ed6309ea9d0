"""The worktree of a dispatch, with its row."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agents.preparing import Made
from agents.sandbox import Kit
from agents.workspaces.sparse import Cone, Heard, cone_of, folders_of
from agents.workspaces.worktrees import unheard
from orchestrator.engine import briefing, ports, preparing, warming
from orchestrator.engine.approved import settings_of
from orchestrator.engine.ground import Ground
from orchestrator.engine.holder import me
from orchestrator.failpoints import failpoint
from orchestrator.models import Dispatch, Workspace


@dataclass(frozen=True, slots=True)
class Placed:
    """A worktree's row, and what the jails in it are to show."""

    workspace: Workspace
    kit: Kit


def new_workspace(
    ground: Ground, dispatch: Dispatch, made: Made | None, *, copied: bool = False, heard: Heard = unheard
) -> Placed:
    """A new worktree with its row: for a first build at the line's head, else with the work so far in it. It is
    furnished with what setup made; `copied` where no jail is around who works in it. `heard` is told of a long wait."""
    row = Workspace.objects.create(
        run=dispatch.run, step=dispatch.step, dispatch=dispatch, host=me()["host"], base_oid=dispatch.base_oid
    )
    oid = _start_of(ground, dispatch)
    failpoint("before_worktree")
    name = f"run{dispatch.run_id}-{dispatch.step.position + 1}-{dispatch.role}-w{row.pk}"
    cone = () if copied else _cone(ground, dispatch, oid)
    path = _taken(ground, row, oid, cone) or ground.checkout(oid, name, cone, heard)
    failpoint("after_worktree")
    Workspace.objects.filter(pk=row.pk).update(path=str(path))
    row.path = str(path)
    found = preparing.furnished(dispatch.run, ground, path, made, ports.variables(ports.take(row)), copied=copied)
    Workspace.objects.filter(pk=row.pk).update(prepared=found.told | _told(cone, path))
    return Placed(row, found.kit)


def _cone(ground: Ground, dispatch: Dispatch, oid: str) -> Cone:
    """Which folders an agent's worktree holds: those the run was approved with, and where what it is about lies."""
    sparse = settings_of(dispatch.run).worktrees.sparse
    if not sparse:
        return ()
    changed = [file.path for file in ground.changed(dispatch.base_oid, oid)] if oid != dispatch.base_oid else []
    return cone_of({*sparse, *folders_of([*briefing.files_about(dispatch), *changed])})


def _taken(ground: Ground, row: Workspace, oid: str, cone: Cone) -> Path | None:
    """A worktree that was made ahead, with this part in it."""
    path = warming.take(ground, row, oid)
    if path:
        ground.worktrees.show(path, cone)
    return path


def _told(cone: Cone, path: Path) -> dict[str, list[str]]:
    """For the row: the cone, and which of its folders the commit does not have."""
    here = [folder for folder in cone if (path / folder).is_dir()]
    found = {"cone": here, "cone_missing": [folder for folder in cone if folder not in here]}
    return {name: folders for name, folders in found.items() if folders}


def _start_of(ground: Ground, dispatch: Dispatch) -> str:
    """Which commit a dispatch's worktree shows: a saved turn's, the work so far, or the head of the line."""
    if dispatch.tree:
        return dispatch.tree
    if dispatch.role != "builder":
        return dispatch.step.work_oid
    earlier = briefing.rebuild_base(dispatch)
    return ground.onto(dispatch.base_oid, earlier) if earlier else dispatch.base_oid
