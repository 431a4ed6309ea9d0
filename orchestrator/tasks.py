"""The tasks: each claims something or does nothing. A message carries an id only; one that comes while the database is
away is dropped, and the sweep rings again."""

from __future__ import annotations

from contextlib import suppress

from celery import shared_task
from django.db import close_old_connections

from orchestrator.engine import warming, worker
from orchestrator.engine.patience import AWAY


@shared_task(name="signalbox.work", ignore_result=True)
def work(run_id: int) -> None:
    """Carry out what this run's agents have to do, until there is nothing left to claim."""
    close_old_connections()
    with suppress(*AWAY):
        while worker.dispatch_once(run_id):
            pass


@shared_task(name="signalbox.land", ignore_result=True)
def land(run_id: int) -> None:
    """Check, land and publish what this run has ready, until there is nothing left to claim; then have a worktree ready
    for what comes next."""
    close_old_connections()
    with suppress(*AWAY):
        while worker.land_once(run_id):
            pass
        warming.fill(run_id)
