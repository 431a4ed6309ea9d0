"""Bring rows and folders of this host together: a folder nobody works in is saved and removed, a row whose folder was
deleted by hand says so. A folder's name says whose it is, so that one made in the moment of a crash is known as well.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from orchestrator.engine.fire import allows, fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.holder import is_dead, me
from orchestrator.engine.rows import WorkspaceRow
from orchestrator.engine.states import LEASED_DISPATCH, LIVE_CANDIDATE, LIVE_DISPATCH, SETTLED
from orchestrator.engine.transitions import change
from orchestrator.models import Candidate, Workspace
from plans.models import Project

_OF_WORKSPACE = re.compile(r"run\d+-\d+-[a-z]+-w(\d+)-[0-9a-f]+")
_OF_CANDIDATE = re.compile(r"run\d+-candidate(\d+)-e(\d+)-[0-9a-f]+")


def reconcile() -> None:
    """Look at every worktree's folder and every workspace's row of this host once."""
    for home in sorted((Path(settings.DATA) / "worktrees").glob("*")):
        for folder in sorted(home.iterdir()):
            _settle_folder(home.name, folder)
    for workspace in _here():
        if workspace.path and not Path(workspace.path).is_dir():
            _settle_gone(workspace)
        elif _is_over(workspace):
            Ground.of(workspace.run.project).retire(workspace)


def _here() -> QuerySet[Workspace]:
    rows = Workspace.objects.filter(host=me()["host"]).exclude(status="removed")
    return rows.select_related("run__project", "step", "dispatch")


def _settle_folder(project: str, folder: Path) -> None:
    """Give a folder to its row, or remove it when its row is done with it."""
    checks = _OF_CANDIDATE.fullmatch(folder.name)
    if checks:
        live = Candidate.objects.filter(pk=checks[1], epoch=checks[2], status__in=sorted(LIVE_CANDIDATE))
        if not live.exists():
            Ground.of(Project.objects.get(pk=project)).discard(folder)
    work = _OF_WORKSPACE.fullmatch(folder.name)
    if work:
        Workspace.objects.filter(pk=work[1], path=None).update(path=str(folder))
        left = Workspace.objects.filter(pk=work[1], status="removed").select_related("run__project").first()
        if left:
            Ground.of(left.run.project).retire(left)


def _is_over(workspace: Workspace) -> bool:
    """Nobody will look at this worktree again: its step is settled, its reader has ended, or it was never finished."""
    dispatch = workspace.dispatch
    if dispatch is None or dispatch.status not in LIVE_DISPATCH:
        reader = dispatch is not None and dispatch.role != "builder"
        return workspace.status != "live" if workspace.status != "held" and not _worked_in(workspace) else (
            workspace.step.status in SETTLED or reader
        )
    return workspace.status == "preparing" and not _is_being_made(workspace)


def _worked_in(workspace: Workspace) -> bool:
    return workspace.status in ("live", "held")


def _is_being_made(workspace: Workspace) -> bool:
    return True
