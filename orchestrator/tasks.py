"""The tasks: each claims something or does nothing. A message carries an id only."""

from __future__ import annotations

from celery import shared_task
from django.db import close_old_connections

from orchestrator.engine import worker


@shared_task(name="signalbox.work", ignore_result=True)
def work(run_id: int) -> None:
    """Carry out what this run's agents have to do, until there is nothing left to claim."""
    close_old_connections()
    while worker.dispatch_once(run_id):
        pass


@shared_task(name="signalbox.land", ignore_result=True)
def land(run_id: int) -> None:
    """Check, land and publish what this run has ready, until there is nothing left to claim."""
    close_old_connections()
    while worker.land_once(run_id):
        pass
