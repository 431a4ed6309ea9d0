"""A process that changes runs as fast as it can."""

from __future__ import annotations

from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from orchestrator.engine.fire import fire
from orchestrator.engine.rows import RunRow
from orchestrator.engine.transitions import change
from tests.integration.faults.worker import Setting, settle


def write(database: dict[str, Any], data: Path, runs: list[int], times: int, first: int, done: Queue[Any]) -> None:
    """Take each run through two of its events, in turn; puts how often that worked, or what went wrong."""
    settle(Setting(0, data, database))
    try:
        for number in range(times):
            run = runs[(first + number) % len(runs)]
            with change(run) as unit:
                fire(unit.board, RunRow, run, "rescoped")
                fire(unit.board, RunRow, run, "compiled")
        done.put(times)
    except Exception as error:
        done.put(repr(error))
        raise
