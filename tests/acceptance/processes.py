"""Signalbox as a process beside the test, with short leases, and waiting for what it does."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.acceptance.terminal import ROOT, Terminal

LEASE_SECONDS = 3.0
QUICK = {
    "SIGNALBOX_LEASE_SECONDS": str(LEASE_SECONDS),
    "SIGNALBOX_BEAT_SECONDS": "0.5",
    "SIGNALBOX_SWEEP_SECONDS": "0.5",
    "SIGNALBOX_SHORTAGE_SECONDS": "1",
    "SIGNALBOX_REHEARSAL_DELAY": "0.05",
}


@contextmanager
def up(terminal: Terminal, log: Path) -> Iterator[None]:
    """`manage.py up` in a process of its own."""
    with log.open("wb") as out:
        argv = [sys.executable, str(ROOT / "manage.py"), "up"]
        process = subprocess.Popen(argv, env=terminal.environment, cwd=ROOT, stdout=out, stderr=out)
        try:
            until(lambda: b"for your approval" in log.read_bytes())
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def until(answer: Callable[[], Any], seconds: float = 120.0) -> Any:
    """The first true answer."""
    end = time.monotonic() + seconds
    while not (found := answer()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found
