"""One turn of the engine: follow couplings, schedule, apply, until nothing moves without work, time or a person."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.engine.board import Board
from orchestrator.engine.couplings import drain
from orchestrator.engine.fire import fire
from orchestrator.engine.rows import DecisionRow, DispatchRow, StepRow
from orchestrator.engine.schedule import Ask, Fire, Intent, Make, OpenBatch, new_batch, schedule

LIMIT = 10_000
"""Intents of one turn. Far above any real turn; more means a loop in the tables, which must not hang a worker."""


def turn(board: Board) -> None:
    """Bring the board to rest. Raises RuntimeError when it does not come to rest within LIMIT intents."""
    drain(board)
    _due_by_the_clock(board)
    for _ in range(LIMIT):
        intent = next(schedule(board), None)
        if intent is None:
            return
        _apply(board, intent)
        drain(board)
    raise RuntimeError("the schedule does not come to rest")


def _due_by_the_clock(board: Board) -> None:
    for dispatch in list(board.all(DispatchRow)):
        if dispatch.status == "rate_limited" and dispatch.due <= board.now:
            fire(board, DispatchRow, dispatch.id, "due")
    for decision in board.open_decisions():
        if decision.status == "armed" and decision.due <= board.now:
            fire(board, DecisionRow, decision.id, "due")
    drain(board)


def _apply(board: Board, intent: Intent) -> None:
    match intent:
        case Fire(kind, id, event, args):
            fire(board, kind, id, event, **args)
        case Make(row, event, args):
            board.add(row, event, **args)
        case Ask(kind, step, reasons):
            fire(board, StepRow, step, "asked", kind=kind, reasons=list(reasons))
        case OpenBatch(steps):
            batch = board.add(new_batch(board, steps), "opened", steps=[board.get(StepRow, s).key for s in steps])
            board.put(replace(board.run, batches=board.run.batches + 1))
            for id in steps:
                board.put(replace(board.get(StepRow, id), batch=batch.id))
