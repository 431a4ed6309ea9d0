"""How a worker listens to the broker."""

from __future__ import annotations

from functools import partial
from typing import Any

from celery.worker.consumer import Consumer

from orchestrator.celery import begin_sweeping


class PatientConsumer(Consumer):
    """Looks every second for a broker that is away. Celery's own waits grow to half a minute, which would be how long
    the work is slow after the broker has come back."""

    def start(self) -> None:
        begin_sweeping()
        super().start()

    def ensure_connected(self, conn: Any) -> Any:
        steady = {"interval_start": 1, "interval_step": 0, "interval_max": 1}
        conn.ensure_connection = partial(conn.ensure_connection, **steady)
        return super().ensure_connected(conn)
