"""The thread in which a worker process looks after leases and says that it is there. Every worker has one."""

from __future__ import annotations

import threading

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from orchestrator import presence
from orchestrator.engine.recover import Sweep
from orchestrator.engine.states import RUN_WORKS
from orchestrator.models import Run
from orchestrator.ringing import by_task


class Sweeper(threading.Thread):
    """Ticks every SWEEP_SECONDS until `stop`. A database that is away is looked for again at the next tick."""

    def __init__(self) -> None:
        super().__init__(name="sweep", daemon=True)
        self._over = threading.Event()

    def stop(self, seconds: float = 10.0) -> None:
        """End the thread; this process takes no more work."""
        self._over.set()
        self.join(seconds)

    def run(self) -> None:
        sweep = Sweep()
        while not self._over.is_set():
            try:
                close_old_connections()
                tick(sweep)
            except DatabaseError:
                close_old_connections()
            self._over.wait(settings.SWEEP_SECONDS)
        presence.vanish()
        connection.close()


def tick(sweep: Sweep) -> None:
    """Look at every lease, and ring again for every run that has work nobody has taken."""
    presence.appear()
    sweep.tick()
    for run_id in Run.objects.filter(status__in=sorted(RUN_WORKS)).values_list("id", flat=True):
        by_task(run_id)
