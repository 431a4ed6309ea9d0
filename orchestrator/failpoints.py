"""Named places where a test may kill the process. Without SIGNALBOX_FAILPOINT nothing here does anything."""

from __future__ import annotations

import os
import signal

from orchestrator.env import env

_ARMED = env.str("SIGNALBOX_FAILPOINT", "")
_seen = 0


def failpoint(name: str) -> None:
    """SIGKILL this process at the n-th passing of the armed place: `SIGNALBOX_FAILPOINT=name:n`."""
    if not _ARMED:
        return
    global _seen
    wanted, _, nth = _ARMED.partition(":")
    if name == wanted:
        _seen += 1
        if _seen == int(nth or 1):
            os.kill(os.getpid(), signal.SIGKILL)
