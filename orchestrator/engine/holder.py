"""Who holds a lease: this process, told apart from any other that ever had its number."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path
from typing import Any

Holder = dict[str, Any]


def me() -> Holder:
    """This process as a lease's holder: host, boot id, pid and when the pid started (ticks since the boot: unlike a
    time of day, no set clock changes it)."""
    return dict(_process(os.getpid()))


def is_dead(holder: Holder) -> bool:
    """True only when the holder is known to be gone: on this host, and rebooted, ended, or its pid taken over."""
    if not holder or holder["host"] != socket.gethostname():
        return False
    return holder["boot"] != _boot() or _started(holder["pid"]) != holder["started"]


@cache
def _process(pid: int) -> Holder:
    return {"host": socket.gethostname(), "boot": _boot(), "pid": pid, "started": _started(pid)}


@cache
def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def _started(pid: int) -> int | None:
    """Fields 3 and 22 of proc(5)'s stat; None for a process that has ended, waited for or not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])
