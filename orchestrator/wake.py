"""The only place that wakes workers, after commit. A wake is a doorbell: the rows are the truth."""

from __future__ import annotations

import threading
from collections.abc import Callable

_bell = threading.Condition()
_rung = 0
_ringers: list[Callable[[int], None]] = []


def wake(run_id: int) -> None:
    """Tell workers that a run may be able to move: those of this process, and whoever a ringer reaches."""
    global _rung
    with _bell:
        _rung += 1
        _bell.notify_all()
    for ring in _ringers:
        ring(run_id)


def ring_with(ringer: Callable[[int], None]) -> None:
    """Call `ringer(run)` at every wake of this process as well."""
    if ringer not in _ringers:
        _ringers.append(ringer)


def rung() -> int:
    """How often the bell rang; pass it to `wait` so that no ring between two looks is missed."""
    return _rung


def wait(since: int, seconds: float) -> None:
    """Sleep until the bell rings after `since`, at most `seconds`."""
    with _bell:
        _bell.wait_for(lambda: _rung > since, timeout=seconds)
