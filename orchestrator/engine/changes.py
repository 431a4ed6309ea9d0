"""What an event changes in its own row beside the status, by (machine, event)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.engine.board import Board
from orchestrator.engine.guards import first_check, policy_fixes, stage_after
from orchestrator.engine.rows import DecisionRow, DispatchRow, FindingRow, StepRow

Columns = Mapping[str, Any]
Change = Callable[[Board, Any, Mapping[str, Any]], Columns]


def _at(stage: str, **more: Any) -> Columns:
    """Columns of a step that goes on at this stage; verify is the status landing, which has no stage."""
    return {"stage": "" if stage == "verify" else stage, **more}


def _stage_passed(board: Board, step: StepRow, args: Columns) -> Columns:
    return _at(stage_after(step, step.stage), **({"unproven": args["unproven"]} if "unproven" in args else {}))


def _stage_failed(board: Board, step: StepRow, args: Columns) -> Columns:
    if policy_fixes(board, step, args):
        return {"stage": "build", "round": step.round + 1}
    return {"stage": step.stage or "verify"}


def _recheck(board: Board, step: StepRow, args: Columns) -> Columns:
    return _at(first_check(step), waived=(), unproven=step.items, rechecks=step.rechecks + 1)


def _rebuild(board: Board, step: StepRow, args: Columns) -> Columns:
    return {"stage": "build", "round": step.round + 1, "rechecks": 0, "waived": (), "unproven": step.items}


def _accept_gap(board: Board, step: StepRow, args: Columns) -> Columns:
    if step.status == "suspect":
        return {}
    return _at(stage_after(step, step.stage), waived=(*step.waived, step.stage))


def _upstream_lost(board: Board, step: StepRow, args: Columns) -> Columns:
    return {"blocked_by": args.get("through", ""), "batch": None}


def _decided(board: Board, decision: DecisionRow, args: Columns) -> Columns:
    payload = {**decision.payload, "answer": dict(args)}
    return {"option": args["option"], "payload": payload, "due": args.get("due", 0.0)}


def _infra(board: Board, dispatch: DispatchRow, args: Columns) -> Columns:
    return {"infra": dispatch.infra + 1, "due": args.get("due", 0.0)}


def _found_again(board: Board, finding: FindingRow, args: Columns) -> Columns:
    return {"last_round": args.get("round", finding.last_round), "times": finding.times + 1, "closed_round": 0}


_SETTLE: Columns = {"stage": ""}

CHANGES: dict[tuple[str, str], Change | Columns] = {
    ("run", "pause"): lambda board, run, args: {
        "pause_after": args.get("after", "now"),
        "pause_reason": args.get("reason", ""),
    },
    ("run", "resume"): {"pause_after": "", "pause_reason": ""},
    ("step", "dispatched"): lambda board, step, args: {"stage": step.stages[0]},
    ("step", "stage_passed"): _stage_passed,
    ("step", "stage_failed"): _stage_failed,
    ("step", "asked"): lambda board, step, args: {"stage": step.stage or "verify"},
    ("step", "conflict"): {"stage": "verify"},
    ("step", "receipt_mismatch"): lambda board, step, args: {"stage": step.stage if args.get("written") else ""},
    ("step", "landed"): _SETTLE,
    ("step", "recheck"): _recheck,
    ("step", "rebuild"): _rebuild,
    ("step", "answered"): lambda board, step, args: _at(
        step.stage, **({"unproven": args["unproven"]} if "unproven" in args else {})
    ),
    ("step", "superseded"): lambda board, step, args: _at(step.stage),
    ("step", "accept_gap"): _accept_gap,
    ("step", "skip"): _SETTLE,
    ("step", "defer"): _SETTLE,
    ("step", "upstream_lost"): _upstream_lost,
    ("step", "edge_waived"): {"blocked_by": ""},
    ("step", "upstream_restored"): {"blocked_by": ""},
    ("step", "released"): {"batch": None},
    ("step", "restore"): {"batch": None, "round": 1},
    ("step", "removed_from_plan"): {"stage": "", "batch": None},
    ("step", "run_stopping"): _SETTLE,
    ("dispatch", "claimed"): lambda board, dispatch, args: {"epoch": dispatch.epoch + 1, "stop": "", "due": 0.0},
    ("dispatch", "infra"): _infra,
    ("dispatch", "report_invalid"): {"asked_again": True},
    ("dispatch", "limit"): {"stop": "cancel", "noted": "timed_out"},
    ("dispatch", "cancel"): {"stop": "cancel", "noted": "cancelled"},
    ("dispatch", "asked"): {"noted": "asked"},
    ("dispatch", "setup_failed"): {"noted": "asked"},
    ("dispatch", "pause_now"): {"noted": "paused"},
    ("dispatch", "limited"): lambda board, dispatch, args: {"due": args.get("due", 0.0)},
    ("dispatch", "due"): {"due": 0.0},
    ("candidate", "claimed"): lambda board, candidate, args: {"epoch": candidate.epoch + 1},
    ("candidate", "head_moved"): lambda board, candidate, args: {"stale": candidate.stale + 1},
    ("candidate", "found_stale"): lambda board, candidate, args: {"stale": candidate.stale + 1},
    ("finding", "repeated"): _found_again,
    ("finding", "regressed"): _found_again,
    ("finding", "upheld"): _found_again,
    ("finding", "addressed"): lambda board, finding, args: {"closed_round": args.get("round", finding.last_round)},
    ("finding", "waived"): lambda board, finding, args: {"decision": args.get("decision", 0)},
    ("decision", "joined"): lambda board, decision, args: {
        "version": decision.version + 1,
        "payload": {**decision.payload, "reasons": [*decision.payload.get("reasons", []), *args.get("reasons", [])]},
    },
    ("decision", "decided"): _decided,
    ("decision", "undone"): {"option": "", "due": 0.0},
    ("decision", "due"): lambda board, decision, args: (
        {"due": 0.0} if args.get("effects_equal", True) else {"due": 0.0, "option": "", "version": decision.version + 1}
    ),
}
