"""The guards that `states.py` names: pure questions about a row and the board it stands on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.engine.board import Board
from orchestrator.engine.policy import PERSON
from orchestrator.engine.rows import BatchRow, CandidateRow, DecisionRow, DispatchRow, RunRow, StepRow
from orchestrator.engine.states import LEASED_DISPATCH, LIVE_CANDIDATE, SETTLED, WORKING

Args = Mapping[str, Any]
ARMING = frozenset({"skip", "defer", "accept_gap", "stop", "abort"})
"""Answers that stop, skip, waive or drop work: they can be undone for a few seconds before they apply."""


def stage_after(step: StepRow, stage: str) -> str:
    """The stage that follows; "verify", the last, follows itself (its gap is accepted, its candidate still lands)."""
    at = step.stages.index(stage)
    return step.stages[min(at + 1, len(step.stages) - 1)]


def first_check(step: StepRow) -> str:
    """The first stage after build: where a re-check starts."""
    return step.stages[1]


def nothing_live(board: Board, row: RunRow, args: Args) -> bool:
    return not any(d.status in LEASED_DISPATCH for d in board.all(DispatchRow)) and not any(
        c.status in LIVE_CANDIDATE for c in board.all(CandidateRow)
    )


def _goes_on(board: Board, step: StepRow) -> bool:
    dispatch = board.dispatch_of(step.id)
    return step.status in WORKING and (dispatch is None or dispatch.status not in ("with_person", "parked"))


def run_is_idle(board: Board, row: RunRow, args: Args) -> bool:
    """Nothing is live, and nothing is under way that this pause lets come to its end."""
    if not nothing_live(board, row, args):
        return False
    if row.pause_after == "now":
        return True
    if any(_goes_on(board, step) for step in board.all(StepRow)):
        return False
    batch = board.open_batch() if row.pause_after == "batch" else None
    return (
        batch is None
        or batch.status != "open"
        or not any(board.get(StepRow, id).status in ("ready", *WORKING) for id in batch.steps)
    )


def closes(board: Board, row: RunRow, args: Args) -> bool:
    return row.unsettled == 0 and not board.open_decisions() and board.open_batch() is None


def policy_fixes(board: Board, row: StepRow, args: Args) -> bool:
    """The policy sends this failure back by itself: rounds are left and the findings are not the same again."""
    return row.round <= board.policy.fix_rounds and bool(args.get("changed", True))


def infra_used_up(board: Board, row: DispatchRow, args: Args) -> bool:
    return row.infra + 1 >= board.policy.infra_tries


def option_arms(board: Board, row: DecisionRow, args: Args) -> bool:
    return args["option"] in ARMING and not args.get("at_once", False)


def batch_is_over(board: Board, row: BatchRow, args: Args) -> bool:
    return all(board.get(StepRow, id).status in SETTLED for id in row.steps)


GUARDS: dict[str, Callable[[Board, Any, Args], bool]] = {
    "nothing_live": nothing_live,
    "run_is_idle": run_is_idle,
    "every_plan_step_settled": lambda board, run, args: run.unsettled == 0,
    "closes_complete": lambda board, run, args: closes(board, run, args) and run.gaps == 0,
    "closes_with_gaps": lambda board, run, args: closes(board, run, args) and run.gaps > 0,
    "step_is_free": lambda board, step, args: step.unmet == 0 and step.batch is not None,
    "next_is_verify": lambda board, step, args: stage_after(step, step.stage) == "verify",
    "policy_fixes": policy_fixes,
    "nothing_written": lambda board, step, args: not args.get("written", False),
    "gap_accepted": lambda board, step, args: bool(step.waived),
    "first_check_is_verify": lambda board, step, args: first_check(step) == "verify",
    "stage_is_verify": lambda board, step, args: step.stage == "verify",
    "gap_leads_to_verify": lambda board, step, args: stage_after(step, step.stage) == "verify",
    "runner_is_person": lambda board, dispatch, args: dispatch.runner == PERSON,
    "infra_used_up": infra_used_up,
    "already_asked_again": lambda board, dispatch, args: dispatch.asked_again,
    "noted_timed_out": lambda board, dispatch, args: dispatch.noted == "timed_out",
    "stale_tries_left": lambda board, candidate, args: candidate.stale < board.policy.stale_tries,
    "option_arms": option_arms,
    "effects_equal": lambda board, decision, args: args.get("effects_equal", True),
    "batch_is_over": batch_is_over,
}
