"""A board to read from, without changing anything."""

from __future__ import annotations

import time

from orchestrator.engine import store
from orchestrator.engine.board import Board
from orchestrator.engine.policy import Policy
from orchestrator.models import Run


def snapshot(run_id: int) -> Board:
    """The run's board as it stands now."""
    policy = Policy.from_dict(Run.objects.values_list("policy", flat=True).get(pk=run_id))
    return Board(policy, time.time(), store.frontier(run_id), store.DatabaseSource(run_id))
