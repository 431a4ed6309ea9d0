"""How long folders of runs that have ended stay on disk. What goes is in the vault first, and its going is an event."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from agents.exceptions import AgentsError
from agents.workspaces.handover import PersonsClone
from orchestrator import chain
from orchestrator.engine import keeping
from orchestrator.engine.ground import Ground
from orchestrator.engine.states import RUN_OVER
from orchestrator.engine.transitions import ENGINE
from orchestrator.events import publish as tell
from orchestrator.models import Line, Run

log = logging.getLogger(__name__)


def is_past(run: Run) -> bool:
    """Whether a run ended so long ago that its folders may go."""
    if run.status not in RUN_OVER or run.ended_at is None or not settings.RETENTION_DAYS:
        return False
    return timezone.now() - run.ended_at > timedelta(days=settings.RETENTION_DAYS)


def remove_artifacts() -> None:
    """Remove the files that checks left, on this host, of runs that are past; their rows stay, with path and hash."""
    for run in Run.objects.filter(pk__in=keeping.runs_with_files(), status__in=sorted(RUN_OVER)):
        if is_past(run):
            count, size = keeping.remove(run.pk)
            with transaction.atomic():
                head = chain.lock(run.pk)
                body = {"files": count, "bytes": size}
                seq = chain.append(head, [chain.Record("run.artifacts_removed", ENGINE.name, ENGINE.via, "", body)])
                transaction.on_commit(partial(tell, run.pk, seq), robust=True)


def remove_clones() -> None:
    """Remove the persons' clones, on this host, of runs that are past; one that cannot be saved stays."""
    for line in Line.objects.filter(run__status__in=sorted(RUN_OVER)).exclude(clone="").select_related("run__project"):
        if is_past(line.run) and Path(line.clone).is_dir():
            try:
                _remove(line)
            except (AgentsError, OSError):
                log.exception("The clone %s could not be saved, and stays.", line.clone)


def _remove(line: Line) -> None:
    ground = Ground.of(line.run.project)
    clone = PersonsClone(Path(line.clone), ground.hub)
    seen = clone.look()
    kept = ground.vault.keep(ground.hub.git, seen.tree, f"run-{line.run_id}", line.head_oid)
    clone.keep_refs(ground.vault, f"run-{line.run_id}")
    clone.remove()
    with transaction.atomic():
        head = chain.lock(line.run_id)
        Line.objects.filter(pk=line.pk).update(clone="")
        body = {"line": line.pk, "path": line.clone, "kept": kept.oid}
        seq = chain.append(head, [chain.Record("line.clone_removed", ENGINE.name, ENGINE.via, "", body)])
        transaction.on_commit(lambda: tell(line.run_id, seq), robust=True)
