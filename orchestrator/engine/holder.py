"""Who holds a lease: this process, told apart from any other that ever had its number."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path
from typing import Any

import psutil

Holder = dict[str, Any]


def me() -> Holder:
    """This process as a lease's holder: host, boot id, pid and the pid's start time (seconds since the epoch)."""
    return {"host": socket.gethostname(), "boot": _boot(), "pid": os.getpid(), "started": _started(os.getpid())}


def is_dead(holder: Holder) -> bool:
    """True only when the holder is known to be gone: on this host, and rebooted, ended, or its pid taken over."""
    if not holder or holder["host"] != socket.gethostname():
        return False
    return holder["boot"] != _boot() or _started(holder["pid"]) != holder["started"]


@cache
def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _started(pid: int) -> float | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return None
