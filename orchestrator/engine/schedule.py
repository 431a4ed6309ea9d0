"""`schedule(board)`: what the engine itself would do next. Pure and total: the same board gives the same intents.

Rules in order of weight: an open decision about the run stops all; what has begun goes before what has not;
dependencies have landed; batches are fixed when they open; a waiting question holds only its own subject.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from orchestrator.engine.board import Board
from orchestrator.engine.fire import allows
from orchestrator.engine.policy import ROLE_OF_STAGE
from orchestrator.engine.rows import BatchRow, CandidateRow, DispatchRow, Row, RunRow, StepRow
from orchestrator.engine.states import LIVE_DISPATCH


@dataclass(frozen=True, slots=True)
class Fire:
    """Let an event happen."""

    kind: type[Row]
    id: int
    event: str
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Make:
    """Put a new row on the board."""

    row: Row
    event: str
    args: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenBatch:
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    kind: str
    step: int
    reasons: tuple[dict[str, Any], ...]


Intent = Fire | Make | OpenBatch | Ask


def schedule(board: Board) -> Iterator[Intent]:
    """The next intents, in a stable order; none when everything waits for work, time or a person."""
    yield from _run_moves(board)
    if not works(board):
        return
    for step in sorted(board.all(StepRow), key=lambda row: row.position):
        yield from _step_moves(board, step)
    if board.run.status == "running" and not _held_by_run_decision(board):
        yield from _open_batch(board)


def works(board: Board) -> bool:
    """Whether steps under way may go on at all."""
    run = board.run
    return run.status == "running" or (run.status == "pausing" and run.pause_after in ("step", "batch"))


def may_claim(board: Board, dispatch: DispatchRow) -> bool:
    """Whether a queued dispatch may be taken now: the run works, a slot is free, it is due."""
    live = sum(1 for d in board.all(DispatchRow) if d.status in LIVE_DISPATCH)
    return works(board) and live < board.policy.max_agents and dispatch.due <= board.now


def _run_moves(board: Board) -> Iterator[Intent]:
    run = board.run
    for event in ("idle", "all_settled", "closed"):
        if allows(board, RunRow, run.id, event):
            yield Fire(RunRow, run.id, event)
            return


def _held_by_run_decision(board: Board) -> bool:
    return bool(board.decisions_on(None))


def _step_moves(board: Board, step: StepRow) -> Iterator[Intent]:
    if board.decisions_on(step.id):
        return
    if step.status == "waiting" and step.batch is not None and _may_begin(board) and step.unmet == 0:
        yield Fire(StepRow, step.id, "unblocked")
    elif step.status == "ready" and _may_begin(board) and _first_in_line(board, step):
        yield Fire(StepRow, step.id, "dispatched")
    elif step.status == "active" and board.dispatch_of(step.id) is None:
        yield from _stage_moves(board, step)
    elif step.status == "landing" and board.candidate_of(step.id) is None:
        yield Make(CandidateRow(0, step.id), "queued")


def _may_begin(board: Board) -> bool:
    """A further step may begin: not when pausing after the step, nor while the run itself is asked about."""
    run, batch = board.run, board.open_batch()
    if run.status == "pausing" and run.pause_after == "step":
        return False
    return batch is not None and batch.status == "open" and not _held_by_run_decision(board)


def _first_in_line(board: Board, step: StepRow) -> bool:
    """No more steps under way than there are agents; the earlier in the plan goes first."""
    under_way = sum(1 for s in board.all(StepRow) if s.status in ("active", "landing", "needs_decision"))
    earlier = sum(1 for s in board.all(StepRow) if s.status == "ready" and s.position < step.position)
    return under_way + earlier < board.policy.max_agents


def _stage_moves(board: Board, step: StepRow) -> Iterator[Intent]:
    role = ROLE_OF_STAGE[step.stage]
    if step.stage == "prove" and step.unproven == 0:
        yield Fire(StepRow, step.id, "stage_passed")
        return
    earlier = [d for d in board.all(DispatchRow) if d.step == step.id and d.role == role]
    tried = [d for d in earlier if (d.round, d.rechecks) == (step.round, step.rechecks)]
    runner = board.policy.runners.get(role)
    if step.stage == "prove" and (runner is None or any(d.status == "succeeded" for d in tried)):
        one = "1 verification item names no command, and nothing else proved it."
        several = f"{step.unproven} verification items name no command, and nothing else proved them."
        yield Ask("unproven", step.id, ({"text": one if step.unproven == 1 else several},))
        return
    row = DispatchRow(
        0, step.id, role, runner or "", round=step.round, rechecks=step.rechecks, attempt=len(earlier) + 1,
        lost=max((d.lost for d in tried), default=0),
    )  # fmt: skip
    yield Make(row, "planned")


def _open_batch(board: Board) -> Iterator[Intent]:
    if board.open_batch() is None:
        steps = next_batch(board)
        if steps:
            yield OpenBatch(tuple(step.id for step in steps))


def next_batch(board: Board) -> list[StepRow]:
    """The steps of the next batch: up to the policy's number, in plan order, within one group, each with every
    dependency landed or earlier in the batch."""
    chosen: list[StepRow] = []
    for step in board.waiting():
        if chosen and step.group != chosen[0].group:
            break
        if step.unmet == 0 or (chosen and _met_within(board, step, chosen)):
            chosen.append(step)
        if len(chosen) == board.policy.batch:
            break
    return chosen


def _met_within(board: Board, step: StepRow, chosen: list[StepRow]) -> bool:
    inside = {row.id for row in chosen}
    within = sum(1 for edge in board.dependencies(step.id) if not edge.waived and edge.on in inside)
    return within == step.unmet


def new_batch(board: Board, steps: tuple[int, ...]) -> BatchRow:
    """The row of a batch that opens now."""
    return BatchRow(0, board.run.batches + 1, steps)
