"""A dispatch's own log: append-only JSON lines in deflated chunks with byte offsets, written by its holder alone."""

from __future__ import annotations

import json
import threading
import time
import zlib
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from django.db import close_old_connections, connection, transaction

from agents.redaction import redacted
from agents.types import AgentEvent
from orchestrator import events
from orchestrator.engine.patience import AWAY, patiently
from orchestrator.models import Dispatch, LogChunk

CAP_BYTES = 20_000_000
"""What one dispatch may log; after it one line says that the rest is not kept."""
FLUSH_SECONDS = 0.1


class Logbook:
    """Collects events and stores them at most ten times a second, in a thread of its own: runners speak from an event
    loop, which must not wait for the database."""

    def __init__(self, dispatch: Dispatch, epoch: int) -> None:
        self.dispatch = dispatch
        self.epoch = epoch
        self._lines: list[bytes] = []
        self._unstored = b""
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._offset = self._size = dispatch.log_bytes
        self._thread = threading.Thread(target=self._keep_flushing, name=f"log-{dispatch.pk}", daemon=True)

    def __enter__(self) -> Logbook:
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        patiently(self._flush)

    def write(self, event: AgentEvent) -> None:
        """Add one event, without the secrets in it; text is cut at 20,000 characters and says so."""
        text = redacted(event.text)
        text = text if len(text) <= 20_000 else text[:20_000] + "\n… cut: the rest was not kept"
        entry: dict[str, Any] = {"at": round(time.time(), 3), "kind": event.kind, "text": text}
        if event.data:
            entry["data"] = _without_secrets(dict(event.data))
        line = json.dumps(entry, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n"
        with self._lock:
            if self._size > CAP_BYTES:
                return
            self._lines.append(line)
            self._size += len(line)
            if self._size > CAP_BYTES:
                self._lines.append(b'{"kind":"error","text":"The log is full; what follows is not kept."}\n')

    def _keep_flushing(self) -> None:
        while not self._over.wait(FLUSH_SECONDS):
            try:
                self._flush()
            except AWAY:
                close_old_connections()  # it is kept here, and stored when the database is back
        connection.close()

    def _flush(self) -> None:
        """Store what has been collected. A holder whose epoch was taken writes nothing."""
        if not self._unstored:
            with self._lock:
                self._unstored, self._lines = b"".join(self._lines), []
        if self._unstored:
            self._store(self._unstored)
            self._unstored = b""

    def _store(self, data: bytes) -> None:
        end = self._offset + len(data)
        with transaction.atomic():
            mine = Dispatch.objects.filter(pk=self.dispatch.pk, epoch=self.epoch)
            if not mine.update(log_bytes=end):
                return
            chunk = LogChunk(dispatch=self.dispatch, offset=self._offset, size=len(data), data=zlib.compress(data, 6))
            # It is there already where the answer to the same try was lost.
            LogChunk.objects.bulk_create([chunk], ignore_conflicts=True)
        self._offset = end
        events.publish_log(self.dispatch.run_id, self.dispatch.pk, end)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_secrets(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(item) for item in value]
    return redacted(value) if isinstance(value, str) else value


def entries(dispatch: Dispatch, start: int = 0) -> Iterator[dict[str, Any]]:
    """The log's entries from the chunk that holds byte `start` on."""
    for chunk in LogChunk.objects.filter(dispatch=dispatch, offset__gte=start).order_by("offset").iterator():
        for line in zlib.decompress(bytes(chunk.data)).splitlines():
            yield json.loads(line)
