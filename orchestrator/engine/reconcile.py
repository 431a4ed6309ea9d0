"""Bring rows and folders of this host together: a folder nobody works in is saved and removed, a row whose folder was
deleted by hand says so. A folder's name says whose it is, so that one made in the moment of a crash is known as well.
"""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from agents.workspaces import pool
from orchestrator.engine import caches, preparing, retention, warming
from orchestrator.engine.fire import allows, fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.holder import is_dead, me
from orchestrator.engine.rows import WorkspaceRow
from orchestrator.engine.states import LEASED_DISPATCH, LIVE_CANDIDATE, LIVE_DISPATCH, SETTLED
from orchestrator.engine.transitions import change
from orchestrator.models import Candidate, Setup, Workspace
from plans.models import Project

_OF_WORKSPACE = re.compile(r"run\d+-\d+-[a-z]+-w(\d+)-[0-9a-f]+")
_OF_SETUP = re.compile(preparing.NAME + rf"([0-9a-f]{{{preparing.DIGITS}}})-[0-9a-f]+")
_OF_CANDIDATE = re.compile(r"run\d+-candidate(\d+)-e(\d+)-[0-9a-f]+")


def reconcile() -> None:
    """Look at every worktree's folder and at every workspace's row of this host once."""
    folders = sorted((Path(settings.DATA) / "worktrees").glob("*/*"))
    for folder in folders:
        _settle_folder(folder)
    warm = {folder.parent.name for folder in folders if folder.name.startswith(f"{pool.NAME}-")}
    for project in Project.objects.filter(pk__in=warm):
        warming.empty(project)
    rows = Workspace.objects.filter(host=me()["host"]).exclude(status="removed")
    for workspace in rows.select_related("run__project", "step", "dispatch"):
        if _is_over(workspace):
            Ground.of(workspace.run.project).retire(workspace)
        elif workspace.status == "live" and workspace.path and not Path(workspace.path).is_dir():
            _gone(workspace)
    _end_setups()
    retention.remove_clones()
    retention.remove_artifacts()
    caches.remove_unused()


def _end_setups() -> None:
    """Say of setups whose worker is known to be gone that they were stopped; whoever needs one makes it anew."""
    for setup in Setup.objects.filter(outcome=""):
        if is_dead(setup.holder):
            ended = {"reason": "The worker that made it ended without a word.", "ended_at": timezone.now()}
            Setup.objects.filter(pk=setup.pk, outcome="").update(outcome="stopped", **ended)


def _settle_folder(folder: Path) -> None:
    """Give a folder to its row; remove it when its row is done with it."""
    if checks := _OF_CANDIDATE.fullmatch(folder.name):
        candidate = Candidate.objects.select_related("run__project").filter(pk=checks[1]).first()
        if candidate and (candidate.status not in LIVE_CANDIDATE or candidate.epoch != int(checks[2])):
            Ground.of(candidate.run.project).discard(folder)
    elif setup := _OF_SETUP.fullmatch(folder.name):
        project = Project.objects.filter(pk=folder.parent.name).first()
        if project and not Ground.of(project).store.is_claimed(setup[1]):
            Ground.of(project).drop(folder)
    elif work := _OF_WORKSPACE.fullmatch(folder.name):
        Workspace.objects.filter(pk=work[1], path=None).update(path=str(folder))
        late = Workspace.objects.select_related("run__project").filter(pk=work[1], status="removed").first()
        if late:
            Ground.of(late.run.project).retire(late)


def _is_over(workspace: Workspace) -> bool:
    """Nobody will look at this worktree again: its step is settled, its reader has ended, or it was never finished."""
    dispatch, status = workspace.dispatch, workspace.status
    if dispatch is None or status == "saved":
        return True
    if status == "preparing":
        return not _is_being_made(workspace)
    if workspace.step.status in SETTLED:
        return dispatch.status not in LIVE_DISPATCH and not _is_kept(workspace)
    return status == "live" and dispatch.role != "builder" and dispatch.status not in LEASED_DISPATCH


def _is_kept(workspace: Workspace) -> bool:
    """What was being built when a run was aborted stays for a while: somebody may want to look, or be at work in it."""
    dispatch, run = workspace.dispatch, workspace.run
    was_building = dispatch is not None and dispatch.role == "builder" and workspace.step.status == "cancelled"
    return was_building and run.status == "aborted" and not retention.is_past(run)


def _is_being_made(workspace: Workspace) -> bool:
    dispatch = workspace.dispatch
    assert dispatch is not None
    if Workspace.objects.filter(dispatch=dispatch, pk__gt=workspace.pk).exists():
        return False
    if dispatch.status == "with_person":
        return bool(dispatch.holder) and not is_dead(dispatch.holder)
    # A candidate in conflict makes one for the person who will resolve it.
    at_work = Candidate.objects.filter(step=workspace.step_id, status__in=sorted(LIVE_CANDIDATE))
    return dispatch.status in LEASED_DISPATCH or at_work.exists()


def _gone(workspace: Workspace) -> None:
    with change(workspace.run_id) as unit:
        if allows(unit.board, WorkspaceRow, workspace.pk, "path_gone"):
            fire(unit.board, WorkspaceRow, workspace.pk, "path_gone")
            unit.set(Workspace, workspace.pk, port=None)
