"""A board as the database holds it: to read from, or locked for a change."""

from __future__ import annotations

import json
import time
from functools import lru_cache

from orchestrator import chain
from orchestrator.engine import store
from orchestrator.engine.board import Board
from orchestrator.engine.policy import Policy


def snapshot(run_id: int) -> Board:
    """The run's board as it stands now."""
    policy, rows = store.frontier(run_id)
    return Board(_policy(policy), time.time(), rows, store.DatabaseSource(run_id))


def locked(run_id: int) -> tuple[chain.Head, Board]:
    """The run's head, locked until the end of the transaction, and the board as it stands since."""
    return chain.lock(run_id), snapshot(run_id)


@lru_cache(maxsize=64)
def _policy(text: str) -> Policy:
    return Policy.from_dict(json.loads(text))
