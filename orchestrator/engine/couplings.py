"""What follows from an event in other rows, in the order of `docs/states.md`, to a fixed point.

Pure: everything happens on the board. Each function below handles one row of the couplings table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from orchestrator.engine.board import Board, Fired
from orchestrator.engine.fire import allows, fire
from orchestrator.engine.options import FAILURES, RUN_EVENT, STEP_EVENT, options_of
from orchestrator.engine.policy import STAGE_OF_ROLE
from orchestrator.engine.rows import (
    BatchRow,
    CandidateRow,
    DecisionRow,
    DispatchRow,
    FindingRow,
    RunRow,
    StepRow,
    WorkspaceRow,
)
from orchestrator.engine.states import GAPS, LOST, MET, OPEN_DISPATCH, SETTLED


def drain(board: Board) -> None:
    """Follow everything that has happened until nothing follows any more."""
    while board.pending:
        fired = board.pending.popleft()
        for follow in _FOLLOW.get(fired.machine, ()):
            follow(board, fired)


def ask(board: Board, kind: str, subjects: tuple[int, ...], reasons: list[dict[str, Any]], /, **payload: Any) -> None:
    """Open a decision, or join the open one on the same subject as a further reason (version + 1)."""
    known = board.decisions_on(subjects[0] if subjects else None)
    same = next((d for d in known if subjects or d.kind == kind), None)
    if same is not None and same.status == "open":
        fire(board, DecisionRow, same.id, "joined", reasons=reasons)
        return
    options = tuple(option for option in options_of(kind, board.policy) if not _used_up(board, option, subjects))
    row = DecisionRow(0, kind, subjects=subjects, options=options, payload={"reasons": reasons, **payload})
    board.add(row, "opened", kind=kind)


def _used_up(board: Board, option: str, subjects: tuple[int, ...]) -> bool:
    """More time is given once: an attempt that ran out of it a second time has had its extension."""
    if option != "extend":
        return False
    out = [d for d in board.all(DispatchRow) if d.step in subjects and d.status == "timed_out"]
    attempts = [(d.role, d.round, d.rechecks) for d in out]
    return attempts.count(attempts[-1]) > 1


# -- 1: a dispatch has ended ---------------------------------------------------------------------------------------


def _dispatch_ended(board: Board, fired: Fired) -> None:
    # What the event led to, not the row: a dispatch may go through two statuses before anything follows.
    if fired.before == fired.after or fired.after not in _ENDINGS:
        return
    ended = board.get(DispatchRow, fired.id)
    step = board.get(StepRow, ended.step)
    if step.status == "active" and step.stage == STAGE_OF_ROLE[ended.role]:
        _ENDINGS[fired.after](board, ended, fired)


def _succeeded(board: Board, ended: DispatchRow, fired: Fired) -> None:
    verdict = fired.args.get("verdict", "passed")
    if verdict == "passed" and fired.args.get("unproven", 0) and ended.role == "verifier":
        board.put(replace(board.get(StepRow, ended.step), unproven=fired.args["unproven"]))
        return  # the schedule asks a person for what is left
    if verdict == "passed":
        extra = {"unproven": fired.args["unproven"]} if "unproven" in fired.args else {}
        fire(board, StepRow, ended.step, "stage_passed", **extra)
    else:
        _to_person(board, ended.step, "stage_failed", fired)


def _asked(kind: str) -> Callable[[Board, DispatchRow, Fired], None]:
    def follow(board: Board, ended: DispatchRow, fired: Fired) -> None:
        reasons = fired.args.get("reasons") or [{"text": fired.args.get("detail", "")}]
        fire(board, StepRow, ended.step, "asked", kind=kind, reasons=reasons)

    return follow


def _lost(board: Board, ended: DispatchRow, fired: Fired) -> None:
    if ended.lost < board.policy.lost_tries and board.run.status != "stopping":
        again = replace(
            ended, status="queued", epoch=0, lost=ended.lost + 1, attempt=ended.attempt + 1, stop="", noted=""
        )
        board.add(again, "planned", after_loss=True)
    else:
        _asked("lost")(board, ended, fired)


def _refused(board: Board, ended: DispatchRow, fired: Fired) -> None:
    if fired.event == "base_unproven":
        _asked("base")(board, ended, fired)
        return
    # Asked even when nothing was written: a step put back to ready would be refused again, for ever.
    fire(board, StepRow, ended.step, "receipt_mismatch", written=True, reasons=fired.args.get("reasons", []))


def _cancelled(board: Board, ended: DispatchRow, fired: Fired) -> None:
    if fired.event == "returned":
        _asked("returned")(board, ended, fired)


_ENDINGS: dict[str, Callable[[Board, DispatchRow, Fired], None]] = {
    "succeeded": _succeeded,
    "failed": _asked("agent_failed"),
    "timed_out": _asked("timeout"),
    "lost": _lost,
    "refused": _refused,
    "cancelled": _cancelled,
}


def _dispatch_asks(board: Board, fired: Fired) -> None:
    if fired.after == "parked" and fired.event in _ASKS:
        step = board.get(DispatchRow, fired.id).step
        fire(board, StepRow, step, "asked", kind=_ASKS[fired.event], reasons=fired.args.get("reasons", []))


_ASKS = {"asked": "question", "setup_failed": "setup"}


# -- 2 and 3: a candidate has ended --------------------------------------------------------------------------------


def _to_person(board: Board, step: int, event: str, fired: Fired) -> None:
    told = {"kind": fired.args.get("kind", "check"), "reasons": fired.args.get("reasons", [])}
    told |= {"changed": False} if not fired.args.get("changed", True) else {}
    fire(board, StepRow, step, event, **told)


def _candidate_ended(board: Board, fired: Fired) -> None:
    candidate = board.get(CandidateRow, fired.id)
    if board.get(StepRow, candidate.step).status != "landing":
        return
    if fired.after == "landed":
        fire(board, StepRow, candidate.step, "landed", **fired.args)
    elif fired.after == "red":
        _to_person(board, candidate.step, "stage_failed", fired)
    elif fired.after == "conflict":
        fire(board, StepRow, candidate.step, "conflict", kind="conflict", reasons=fired.args.get("reasons", []))
    elif fired.after == "stale":
        fire(board, StepRow, candidate.step, "head_moved")
        fire(board, CandidateRow, candidate.id, "requeued")
    elif fired.after == "dropped" and fired.event == "requeued":
        reason = {"text": "The run's branch kept moving while this step was being checked."}
        fire(board, StepRow, candidate.step, "asked", kind="stale", reasons=[reason])
    elif fired.event in _SETUP_ASKS:
        reasons = fired.args.get("reasons", [])
        fire(board, StepRow, candidate.step, "asked", kind=_SETUP_ASKS[fired.event], reasons=reasons)


_SETUP_ASKS = {"setup_failed": "setup", "setup_asked": "new_setup"}


# -- 4: steps and their decisions ----------------------------------------------------------------------------------


def _step_needs_decision(board: Board, fired: Fired) -> None:
    if fired.after != "needs_decision":
        return
    kind = fired.args.get("kind", "receipt" if fired.event == "receipt_mismatch" else "check")
    ask(board, kind, (fired.id,), list(fired.args.get("reasons", [])))
    for workspace in board.workspaces_of(fired.id):
        if workspace.status == "live":
            fire(board, WorkspaceRow, workspace.id, "hold")


def _decision_applied(board: Board, fired: Fired) -> None:
    if fired.after == "superseded" and fired.event == "cause_gone":
        for id in board.get(DecisionRow, fired.id).subjects:
            if board.get(StepRow, id).status == "needs_decision":
                fire(board, StepRow, id, "superseded")
    if fired.after != "applied" or fired.event == "reversed":
        return
    decision = board.get(DecisionRow, fired.id)
    answer = decision.payload.get("answer", {})
    passed_on = {"unproven": 0} if decision.option == "confirm" else {}
    if decision.option == "accept_gap":
        _waive_findings(board, decision)
    if decision.option in STEP_EVENT:
        for edge_step in answer.get("run_anyway", ()):
            _waive_edges(board, edge_step, decision.subjects)
        for id in decision.subjects:
            fire(board, StepRow, id, STEP_EVENT[decision.option], **passed_on)
    elif decision.option in RUN_EVENT and allows(board, RunRow, board.run.id, RUN_EVENT[decision.option]):
        fire(board, RunRow, board.run.id, RUN_EVENT[decision.option], after="now", reason="person")


def _waive_findings(board: Board, decision: DecisionRow) -> None:
    """What blocked is accepted by name."""
    for step in decision.subjects:
        for finding in _unmended(board, step):
            if finding.severity == "blocking":
                fire(board, FindingRow, finding.id, "waived", decision=decision.id)


def _left_behind(board: Board, fired: Fired) -> None:
    """What was found in work that is not wanted any more."""
    if fired.after in ("skipped", "removed"):
        for finding in _unmended(board, fired.id):
            fire(board, FindingRow, finding.id, "obsolete")


def _unmended(board: Board, step: int) -> list[FindingRow]:
    found = [board.get(FindingRow, row.id) for row in board.source.findings(step)]
    return [row for row in found if row.status in ("open", "repeated", "disputed")]


def _waive_edges(board: Board, step: int, upstream: tuple[int, ...]) -> None:
    for edge in board.dependencies(step):
        if edge.on in upstream and not edge.waived:
            board.put(replace(edge, waived=True))
            row = board.get(StepRow, step)
            board.put(replace(row, unmet=row.unmet - 1))


def _left_decision(board: Board, fired: Fired) -> None:
    if fired.machine != "step" or fired.before != "needs_decision":
        return
    dispatch = board.dispatch_of(fired.id)
    if dispatch is not None and dispatch.status == "parked" and dispatch.noted == "asked":
        fire(board, DispatchRow, dispatch.id, "answered" if fired.event == "answered" else "dropped")
    for workspace in board.workspaces_of(fired.id):
        if workspace.status == "held":
            fire(board, WorkspaceRow, workspace.id, "release")


# -- 2 and 5: dependents -------------------------------------------------------------------------------------------


def _dependents(board: Board, fired: Fired) -> None:
    if (fired.after in MET) == (fired.before in MET) and (fired.after in LOST) == (fired.before in LOST):
        return
    for edge in board.dependents(fired.id):
        if not edge.waived:
            _tell_dependent(board, fired, edge.step)


def _tell_dependent(board: Board, fired: Fired, dependent: int) -> None:
    row = board.get(StepRow, dependent)
    if fired.after in MET and fired.before not in MET:
        board.put(replace(row, unmet=row.unmet - 1))
    elif fired.after in LOST and fired.before not in LOST:
        if row.status in ("waiting", "ready"):
            fire(board, StepRow, dependent, "upstream_lost", through=board.get(StepRow, fired.id).key)
    elif fired.before in LOST and row.status == "blocked" and _all_upstream_alive(board, dependent):
        fire(board, StepRow, dependent, "upstream_restored")


def _all_upstream_alive(board: Board, step: int) -> bool:
    edges = [edge for edge in board.dependencies(step) if not edge.waived]
    return all(board.get(StepRow, edge.on).status not in LOST for edge in edges)


# -- counters, 7: batches ------------------------------------------------------------------------------------------


def _count(board: Board, fired: Fired) -> None:
    if not board.get(StepRow, fired.id).in_plan:
        return
    run = board.run
    unsettled = (fired.after not in SETTLED) - (fired.before not in SETTLED)
    gaps = (fired.after in GAPS) - (fired.before in GAPS)
    if unsettled or gaps:
        board.put(replace(run, unsettled=run.unsettled + unsettled, gaps=run.gaps + gaps))


def _batch(board: Board, fired: Fired) -> None:
    batch = board.open_batch()
    if batch is None or fired.id not in batch.steps:
        return
    if fired.after == "needs_decision" and fired.args.get("kind") in FAILURES and batch.status == "open":
        _fail_batch(board, batch)
    elif fired.after in SETTLED and allows(board, BatchRow, batch.id, "ended"):
        fire(board, BatchRow, batch.id, "ended")


def _fail_batch(board: Board, batch: BatchRow) -> None:
    """A failure ends the batch (B7): what has not begun leaves it and waits for a later one."""
    begun = []
    for id in batch.steps:
        row = board.get(StepRow, id)
        if row.status == "ready":
            fire(board, StepRow, id, "released")
        elif row.status == "waiting":
            board.put(replace(row, batch=None))
        else:
            begun.append(id)
    board.put(replace(board.get(BatchRow, batch.id), steps=tuple(begun)))
    fire(board, BatchRow, batch.id, "step_failed")


def _batch_ended(board: Board, fired: Fired) -> None:
    if fired.after == "closed" and "batch" in board.policy.pause_after and board.run.status in ("running", "pausing"):
        number = board.get(BatchRow, fired.id).number
        ask(board, "batch", (), [{"text": f"Batch {number} has ended."}], batch=number)


def _step_ended(board: Board, fired: Fired) -> None:
    if "step" in board.policy.pause_after and fired.event == "landed":
        step = board.get(StepRow, fired.id)
        ask(board, "step", (), [{"text": f"Step {step.key} has passed."}], step=step.key)


# -- skipping or stopping takes the work with it -------------------------------------------------------------------


def _stop_work(board: Board, fired: Fired) -> None:
    if fired.after not in SETTLED or fired.before in SETTLED or fired.event == "landed":
        return
    dispatch = board.dispatch_of(fired.id)
    if dispatch is not None:
        stop_dispatch(board, dispatch)
    candidate = board.candidate_of(fired.id)
    if candidate is not None and allows(board, CandidateRow, candidate.id, "dropped"):
        fire(board, CandidateRow, candidate.id, "dropped")
    for decision in board.decisions_on(fired.id):
        fire(board, DecisionRow, decision.id, "run_aborted" if fired.event == "run_stopping" else "subject_removed")


def stop_dispatch(board: Board, dispatch: DispatchRow) -> None:
    """Cancel a dispatch in whichever way its status allows; a stopping one is left to end."""
    for event in ("unplanned", "cancel"):
        if allows(board, DispatchRow, dispatch.id, event):
            fire(board, DispatchRow, dispatch.id, event)
            return


# -- 9 and 10: the run ---------------------------------------------------------------------------------------------


def _run_stopping(board: Board, fired: Fired) -> None:
    if fired.after not in ("stopping", "aborted"):
        return
    for decision in board.open_decisions():
        fire(board, DecisionRow, decision.id, "run_aborted")
    for dispatch in list(board.all(DispatchRow)):
        if dispatch.status in OPEN_DISPATCH:
            stop_dispatch(board, dispatch)
    for candidate in list(board.all(CandidateRow)):
        if allows(board, CandidateRow, candidate.id, "dropped"):
            fire(board, CandidateRow, candidate.id, "dropped")


def _run_aborted(board: Board, fired: Fired) -> None:
    if fired.after != "aborted":
        return
    frontier = [s for s in board.all(StepRow) if s.status not in SETTLED]
    for step in [*frontier, *board.waiting()]:
        if board.get(StepRow, step.id).status not in SETTLED:
            fire(board, StepRow, step.id, "run_stopping")


def _run_pausing(board: Board, fired: Fired) -> None:
    if fired.after == "pausing" and board.run.pause_after == "now":
        for dispatch in list(board.all(DispatchRow)):
            if dispatch.status in ("preparing", "running"):
                board.put(replace(dispatch, stop="park"))


def _run_resumed(board: Board, fired: Fired) -> None:
    if fired.event != "resume":
        return
    for dispatch in list(board.all(DispatchRow)):
        if dispatch.status == "parked" and dispatch.noted == "paused":
            fire(board, DispatchRow, dispatch.id, "resumed")
        elif dispatch.stop == "park":
            board.put(replace(dispatch, stop=""))


_FOLLOW: dict[str, tuple[Callable[[Board, Fired], None], ...]] = {
    "dispatch": (_dispatch_ended, _dispatch_asks),
    "candidate": (_candidate_ended,),
    "step": (
        _step_needs_decision,
        _left_decision,
        _count,
        _dependents,
        _left_behind,
        _stop_work,
        _batch,
        _step_ended,
    ),
    "decision": (_decision_applied,),
    "batch": (_batch_ended,),
    "run": (_run_stopping, _run_aborted, _run_pausing, _run_resumed),
}
