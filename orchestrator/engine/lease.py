"""Holding a leased row while slow work runs: beat, and look whether it should stop."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.db.models import F

from orchestrator.engine import shortage
from orchestrator.engine.rows import DispatchRow
from orchestrator.models import Candidate, Dispatch

_draining = threading.Event()


def drain() -> None:
    """From now on every holder of this process saves its pair and hands its work over (SIGTERM)."""
    _draining.set()


def is_draining() -> bool:
    return _draining.is_set()


class Lease:
    """A context in which a thread beats for (row, epoch). `stop` is why the work should end: "" (it should not),
    park, cancel, handover, or taken (the epoch is no longer ours and nothing may be written)."""

    def __init__(self, kind: type, id: int, epoch: int) -> None:
        self.model: Any = Dispatch if kind is DispatchRow else Candidate
        self.id = id
        self.epoch = epoch
        self.stop = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"lease-{id}", daemon=True)

    def __enter__(self) -> Lease:
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def stopped(self) -> bool:
        """Whether to end now. On a disk with no room left the work is handed over while what it has can be saved."""
        if not self.stop and shortage.is_out_of_space():
            self.stop = "handover"
        return bool(self.stop)

    def _beat(self) -> None:
        """Beat every BEAT_SECONDS; look for a stop more often, so that "pause now" is now."""
        look = min(0.25, settings.BEAT_SECONDS)
        since = 0.0
        while not self._over.wait(look):
            since += look
            try:
                self._look()
                if since >= settings.BEAT_SECONDS and self.stop != "taken":
                    self.model.objects.filter(pk=self.id, epoch=self.epoch).update(beat=F("beat") + 1)
                    since = 0.0
            except (OperationalError, InterfaceError):
                # The database is away. Whoever sweeps cannot look either, so the lease stands until it is back.
                close_old_connections()
        connection.close()

    def _look(self) -> None:
        columns = ["status", "epoch", "run__status", "run__pause_after"]
        if self.model is Dispatch:
            columns.append("stop")
        row = self.model.objects.filter(pk=self.id).values(*columns).first()
        if row is None or row["epoch"] != self.epoch or row["status"] in ("lost", "dropped", "stale"):
            self.stop = "taken"
        elif row.get("stop"):
            self.stop = row["stop"]
        elif self.model is Candidate and (row["run__status"], row["run__pause_after"]) == ("pausing", "now"):
            self.stop = "park"
        elif _draining.is_set():
            self.stop = "handover"
