"""A ringer for `wake`: the tasks of a run that has something to claim, put into the queue by name."""

from __future__ import annotations

from orchestrator.celery import app
from orchestrator.engine import worker


def by_task(run_id: int) -> None:
    """Ring for the agents' and the checks' workers where there is work for them."""
    if worker.can_dispatch(run_id):
        app.send_task("signalbox.work", [run_id], queue="agents")
    if worker.can_land(run_id):
        app.send_task("signalbox.land", [run_id], queue="checks")
