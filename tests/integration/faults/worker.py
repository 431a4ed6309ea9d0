"""An engine's process without web: it sweeps, and works on one run until nothing moves without a person.

`python -m tests.integration.faults.worker RUN_ID` starts one with everything from the environment. Tests that start
many fork them from a process that has imported everything already.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import anthropic
import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402

from agents import runners, sandbox  # noqa: E402
from orchestrator import failpoints  # noqa: E402
from orchestrator.engine import lease, worker  # noqa: E402
from orchestrator.engine.recover import Sweep  # noqa: E402
from orchestrator.engine.states import LEASED_DISPATCH, LIVE_CANDIDATE  # noqa: E402
from orchestrator.models import Candidate, Dispatch  # noqa: E402

PAUSE = 0.02


@dataclass(frozen=True)
class Setting:
    """What a forked worker is told: where it works, and where it dies."""

    run: int
    data: Path
    database: dict[str, Any]
    failpoint: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    clock: float = 0.0
    """By how many seconds this process's time of day is wrong."""


def prepare() -> None:
    """Import and probe what every worker needs, once, before any of them is forked. Starts no thread."""
    runners.load("anthropic_api")
    import_module("agents.rehearsal")
    assert anthropic.AsyncAnthropic(api_key="none").messages.stream
    sandbox.probe()


def settle(told: Setting) -> None:
    """Make a process that was forked from an idle one work where it is told to."""
    connections.settings["default"] = told.database
    with contextlib.suppress(AttributeError):
        del connections["default"]
    settings.DATA = told.data
    for name, value in told.settings.items():
        setattr(settings, name, value)
    right = time.time
    time.time = lambda: right() + told.clock
    failpoints.arm(told.failpoint)


def forked(told: Setting) -> None:
    """The body of a forked worker."""
    settle(told)
    work(told.run)


def work(run_id: int) -> None:
    """Sweep and work until the run is at rest, or until SIGTERM: then hand over what is under way."""
    over: list[int] = []

    def stop(number: int, frame: object) -> None:
        lease.drain()
        over.append(number)

    signal.signal(signal.SIGTERM, stop)
    sweep, due = Sweep(), 0.0
    while not over:
        if time.monotonic() >= due:
            sweep.tick()
            due = time.monotonic() + settings.SWEEP_SECONDS
        if worker.work_once(run_id):
            due = min(due, time.monotonic() + settings.SWEEP_SECONDS)
        elif _at_rest(run_id):
            sweep.tick()
            break
        else:
            time.sleep(PAUSE)
    connection.close()


def _at_rest(run_id: int) -> bool:
    leased = Dispatch.objects.filter(run=run_id, status__in=sorted(LEASED_DISPATCH))
    candidates = Candidate.objects.filter(run=run_id, status__in=[*sorted(LIVE_CANDIDATE), "lost"])
    waiting = worker.can_dispatch(run_id) or worker.can_land(run_id)
    return not (leased.exists() or candidates.exists() or waiting)


if __name__ == "__main__":
    prepare()
    work(int(sys.argv[1]))
else:
    prepare()
