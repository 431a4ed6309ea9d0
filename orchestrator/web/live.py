"""From commit to browser: hints of this process and of others become messages of the channel layer.

A message is {run, seq} or {run, dispatch, size} and nothing else; what it means is fetched over HTTP by whoever may
see it. A lost message loses nothing.
"""

from __future__ import annotations

import asyncio
import threading

from channels.layers import get_channel_layer
from django.db import DatabaseError, close_old_connections, connection

from orchestrator import events, wake
from orchestrator.engine.states import LIVE_DISPATCH
from orchestrator.models import Dispatch, RunHead

ALL_RUNS = "runs"
POLL_SECONDS = 0.05


def group_of(run_id: int) -> str:
    return f"run.{run_id}"


def attach(loop: asyncio.AbstractEventLoop) -> Watcher | None:
    """Send every hint of this process to the layer, on the server's loop; call once, when the server is up.

    Returns the watcher of other processes, which is needed (and made) on SQLite only."""
    teller = Teller(loop)
    watcher = Watcher(teller) if connection.vendor == "sqlite" else None
    if watcher:
        watcher.start()
    events.listen(teller.run)
    events.listen_to_logs(teller.log)
    return watcher


class Teller:
    """Sends hints, the newest of each run and log only, and remembers what was told, so that the watcher does not tell
    it again. A burst becomes one message: a layer drops silently what its receivers cannot hold."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._told: dict[tuple[int, int], int] = {}
        self._waiting: dict[tuple[int, int], tuple[tuple[str, ...], dict[str, int]]] = {}

    def run(self, run_id: int, seq: int) -> bool:
        """Tell that a run stands at `seq`; False when that was told already."""
        return self._tell((run_id, 0), seq, (group_of(run_id), ALL_RUNS), {"run": run_id, "seq": seq})

    def log(self, run_id: int, dispatch_id: int, size: int) -> None:
        news = {"run": run_id, "dispatch": dispatch_id, "size": size}
        self._tell((run_id, dispatch_id), size, (group_of(run_id),), news)

    def _tell(self, key: tuple[int, int], number: int, groups: tuple[str, ...], news: dict[str, int]) -> bool:
        with self._lock:
            if self._told.get(key, -1) >= number or self._loop.is_closed():
                return False
            self._told[key] = number
            is_first = not self._waiting
            self._waiting[key] = (groups, news)
        if is_first:
            asyncio.run_coroutine_threadsafe(self._send(), self._loop)
        return True

    async def _send(self) -> None:
        layer = get_channel_layer()
        assert layer is not None
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        for groups, news in waiting.values():
            for group in groups:
                await layer.group_send(group, {"type": "news", "news": news, "group": group})


class Watcher(threading.Thread):
    """Notices what other processes commit to the same SQLite file. A thread has its own connection, and the number
    it asks for changes only by commits of others."""

    def __init__(self, teller: Teller) -> None:
        super().__init__(name="signalbox-watcher", daemon=True)
        self._teller = teller
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        seen = -1
        while not self._stopped.wait(POLL_SECONDS):
            try:
                version = _data_version()
                if version != seen:
                    self._tell()
                seen = version
            except DatabaseError:
                close_old_connections()

    def _tell(self) -> None:
        for chain, seq in RunHead.objects.exclude(chain=0).values_list("chain", "seq"):
            if self._teller.run(chain, seq):
                wake.wake(chain)  # what another process decided may be work for this one
        live = Dispatch.objects.filter(status__in=sorted(LIVE_DISPATCH))
        for run, dispatch, size in live.values_list("run_id", "id", "log_bytes"):
            self._teller.log(run, dispatch, size)


def _data_version() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        return int(cursor.fetchone()[0])
