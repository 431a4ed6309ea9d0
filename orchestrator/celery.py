"""The task queue. The broker is only a doorbell: rows are the truth, and every worker's sweep rings again."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_shutdown, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")

app = Celery("signalbox")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()
app.autodiscover_tasks(["orchestrator"])

_sweepers: list[Any] = []


def begin_sweeping() -> None:
    """Start this worker's sweep: as it begins to look for its broker, for without one the sweep is all there is."""
    from orchestrator.sweeping import Sweeper

    sweeper = Sweeper()
    sweeper.start()
    _sweepers.append(sweeper)


@worker_shutting_down.connect
def _hand_over(**_: Any) -> None:
    """SIGTERM: agents save their pair and give the work back; another worker goes on."""
    from orchestrator.engine import lease

    lease.drain()


@worker_shutdown.connect
def end_sweeping(**_: Any) -> None:
    """This process takes no more work."""
    while _sweepers:
        _sweepers.pop().stop()
