"""Output of any length in bounded memory: its head, its tail, and a hash over all of it."""

from __future__ import annotations

import hashlib
from collections import deque


class CappedOutput:
    """Keeps the first and the last `limit // 2` bytes of what is fed to it."""

    def __init__(self, limit: int) -> None:
        self._half = max(limit // 2, 1)
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_bytes = 0
        self._hash = hashlib.sha256()
        self.bytes_total = 0

    def feed(self, chunk: bytes) -> None:
        self._hash.update(chunk)
        self.bytes_total += len(chunk)
        room = self._half - len(self._head)
        self._head += chunk[:room]
        if rest := chunk[room:]:
            self._remember(rest)

    def _remember(self, rest: bytes) -> None:
        self._tail.append(rest)
        self._tail_bytes += len(rest)
        while self._tail_bytes - len(self._tail[0]) >= self._half:
            self._tail_bytes -= len(self._tail.popleft())

    @property
    def truncated(self) -> bool:
        return self.bytes_total > 2 * self._half

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def kept(self) -> bytes:
        """Everything, or head, a line that says how much is missing, and tail."""
        tail = b"".join(self._tail)[-self._half :]
        if not self.truncated:
            return bytes(self._head) + tail
        missing = self.bytes_total - 2 * self._half
        return bytes(self._head) + b"\n... %d bytes left out ...\n" % missing + tail
