"""A ringer for `wake`: the tasks of a run that has something to claim, put into the queue by name."""

from __future__ import annotations

from contextlib import suppress

from kombu.exceptions import KombuError

from orchestrator.celery import app
from orchestrator.engine import worker

UNHEARD = (KombuError, OSError)
"""What ringing raises while the broker is away. The rows hold what it was for."""


def ring(run_id: int) -> None:
    """Ring after a commit. Unheard, it is done again by the sweep: what is committed stands."""
    with suppress(*UNHEARD):
        by_task(run_id)


def by_task(run_id: int) -> None:
    """Ring for the agents' and the checks' workers where there is work for them; raises UNHEARD."""
    if worker.can_dispatch(run_id):
        app.send_task("signalbox.work", [run_id], queue="agents", retry=False)
    if worker.can_land(run_id):
        app.send_task("signalbox.land", [run_id], queue="checks", retry=False)
