"""A worktree of a line's head, made while nobody waits for it, and taken by the next dispatch that starts there."""

from __future__ import annotations

from pathlib import Path

from django.db import IntegrityError, transaction

from agents.workspaces.pool import NAME, Pool
from agents.workspaces.sparse import cone_of
from orchestrator.engine import lease, shortage
from orchestrator.engine.approved import settings_of
from orchestrator.engine.ground import Ground
from orchestrator.engine.states import RUN_OVER, RUN_WORKS
from orchestrator.models import Line, Run, Workspace
from plans.models import Project


def take(ground: Ground, workspace: Workspace, oid: str) -> Path | None:
    """A worktree at this commit, now this row's; None where none is ready."""
    pool, mine = Pool(ground.worktrees), Workspace.objects.filter(pk=workspace.pk)
    for path in pool.ready(oid):
        try:
            with transaction.atomic():
                mine.update(path=str(path))
        except IntegrityError:
            continue  # it is somebody's: no two rows have one path
        if pool.is_ready(path, oid):
            return path
        mine.update(path=None)  # it was about to be dropped in this very moment
    return None


def fill(run_id: int) -> None:
    """Have a worktree ready at the head of a run that has steps ahead; called when a worker has nothing else to do."""
    run = Run.objects.select_related("project").get(pk=run_id)
    if run.status in RUN_WORKS and run.unsettled and not shortage.lacking() and not lease.is_draining():
        _settle(run.project)


def empty(project: Project) -> None:
    """Drop what is ready of a project that has no live run any more."""
    if not Run.objects.filter(project=project).exclude(status__in=sorted(RUN_OVER)).exists():
        _settle(project)


def _settle(project: Project) -> None:
    heads = Line.objects.filter(run__project=project, run__status__in=sorted(RUN_WORKS), run__unsettled__gt=0)
    taken = Workspace.objects.filter(run__project=project, path__contains=f"/{NAME}-").values_list("path", flat=True)
    wanted = {line.head_oid: cone_of(settings_of(line.run).worktrees.sparse) for line in heads.select_related("run")}
    Pool(Ground.of(project).worktrees).fill(wanted, lambda: {Path(path) for path in taken.all() if path})
