"""The thread in which a worker process looks after leases and says that it is there. Every worker has one."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from agents.exceptions import AgentsError
from orchestrator import presence
from orchestrator.engine import worker
from orchestrator.engine.recover import Sweep
from orchestrator.engine.states import RUN_WORKS
from orchestrator.exceptions import SignalboxError
from orchestrator.models import Run
from orchestrator.ringing import UNHEARD, by_task

log = logging.getLogger(__name__)


class Sweeper(threading.Thread):
    """Ticks every SWEEP_SECONDS until `stop`. A database that is away is looked for again at the next tick; while the
    broker is away, what nobody can be rung for is done here."""

    def __init__(self) -> None:
        super().__init__(name="sweep", daemon=True)
        self._over = threading.Event()
        self._stand_ins = {"work": StandIn(worker.dispatch_once), "land": StandIn(worker.land_once)}

    def stop(self, seconds: float = 10.0) -> None:
        """End the thread; this process takes no more work."""
        self._over.set()
        self.join(seconds)

    def run(self) -> None:
        sweep = Sweep()
        while not self._over.is_set():
            try:
                close_old_connections()
                self._tick(sweep)
            except DatabaseError:
                close_old_connections()
            except (SignalboxError, AgentsError, OSError):
                log.exception("A sweep failed; the next one is in %g s.", settings.SWEEP_SECONDS)
            self._over.wait(settings.SWEEP_SECONDS)
        presence.vanish()
        connection.close()

    def _tick(self, sweep: Sweep) -> None:
        """Look at every lease, and ring again for every run that has work nobody has taken."""
        presence.appear()
        sweep.tick()
        for run_id in Run.objects.filter(status__in=sorted(RUN_WORKS)).values_list("id", flat=True):
            try:
                by_task(run_id)
            except UNHEARD:
                self._do_here(run_id)

    def _do_here(self, run_id: int) -> None:
        if worker.can_dispatch(run_id):
            self._stand_ins["work"].begin(run_id)
        if worker.can_land(run_id):
            self._stand_ins["land"].begin(run_id)


class StandIn:
    """One thread that does the work of one kind while the broker cannot ring for it."""

    def __init__(self, once: Callable[[int], bool]) -> None:
        self._once = once
        self._thread: threading.Thread | None = None

    def begin(self, run_id: int) -> None:
        """Work on a run until nothing is left to claim; does nothing while it is at work already."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, args=(run_id,), name=f"stand-in-{run_id}", daemon=True)
            self._thread.start()

    def _work(self, run_id: int) -> None:
        try:
            while self._once(run_id):
                pass
        except DatabaseError:
            close_old_connections()  # the next sweep begins again
        finally:
            connection.close()
