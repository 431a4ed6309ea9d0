"""A dispatch's own log: append-only JSON lines in deflated chunks with byte offsets, written by its holder alone."""

from __future__ import annotations

import json
import threading
import time
import zlib
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from agents.types import AgentEvent
from orchestrator import events
from orchestrator.models import Dispatch, LogChunk

CAP_BYTES = 20_000_000
"""What one dispatch may log; after it one line says that the rest is not kept."""
FLUSH_SECONDS = 0.1


class Logbook:
    """Collects events and stores them at most ten times a second."""

    def __init__(self, dispatch: Dispatch, epoch: int) -> None:
        self.dispatch = dispatch
        self.epoch = epoch
        self._lines: list[bytes] = []
        self._lock = threading.Lock()
        self._flushed = 0.0
        self._size = dispatch.log_bytes

    def write(self, event: AgentEvent) -> None:
        """Add one event; text is cut at 20,000 characters and says so."""
        if self._size > CAP_BYTES:
            return
        text = event.text if len(event.text) <= 20_000 else event.text[:20_000] + "\n… cut: the rest was not kept"
        entry: dict[str, Any] = {"at": round(time.time(), 3), "kind": event.kind, "text": text}
        if event.data:
            entry["data"] = dict(event.data)
        line = json.dumps(entry, ensure_ascii=False, default=str).encode("utf-8", "replace") + b"\n"
        with self._lock:
            self._lines.append(line)
            self._size += len(line)
            if self._size > CAP_BYTES:
                self._lines.append(b'{"kind":"error","text":"The log is full; what follows is not kept."}\n')
        if time.monotonic() - self._flushed >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Store what has been collected. A holder whose epoch was taken writes nothing."""
        with self._lock:
            data, self._lines = b"".join(self._lines), []
        self._flushed = time.monotonic()
        if not data:
            return
        mine = Dispatch.objects.filter(pk=self.dispatch.pk, epoch=self.epoch)
        with transaction.atomic():
            offset = self.dispatch.log_bytes
            if mine.update(log_bytes=offset + len(data)):
                chunk = zlib.compress(data, 6)
                LogChunk.objects.create(dispatch=self.dispatch, offset=offset, size=len(data), data=chunk)
                self.dispatch.log_bytes = offset + len(data)
        events.publish_log(self.dispatch.run_id, self.dispatch.pk, self.dispatch.log_bytes)


def entries(dispatch: Dispatch, start: int = 0) -> Iterator[dict[str, Any]]:
    """The log's entries from the chunk that holds byte `start` on."""
    for chunk in LogChunk.objects.filter(dispatch=dispatch, offset__gte=start).order_by("offset").iterator():
        for line in zlib.decompress(bytes(chunk.data)).splitlines():
            yield json.loads(line)
