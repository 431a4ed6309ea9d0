"""The only place that tells browsers: after commit, `{run, seq}` and nothing else."""

from __future__ import annotations

from collections.abc import Callable

_listeners: list[Callable[[int, int], object]] = []
_log_listeners: list[Callable[[int, int, int], object]] = []


def listen(listener: Callable[[int, int], object]) -> None:
    """Call `listener(run, seq)` after every commit in this process."""
    _listeners.append(listener)


def publish(run_id: int, seq: int) -> None:
    """A hint that a run stands at `seq`. Losing it loses nothing: pages ask for what they missed."""
    for listener in _listeners:
        listener(run_id, seq)


def publish_log(run_id: int, dispatch_id: int, size: int) -> None:
    """A hint that a dispatch's log has grown to `size` bytes."""
    for listener in _log_listeners:
        listener(run_id, dispatch_id, size)


def listen_to_logs(listener: Callable[[int, int, int], object]) -> None:
    """Call `listener(run, dispatch, size)` when a log of this process has grown."""
    _log_listeners.append(listener)
