"""Carry out one dispatch: claim it or do nothing, prepare its worktree, run its runner, judge what came back.

No transaction is open while anything slow runs. Every write of ours says which epoch it belongs to; when the lease
was taken from us the write is refused and we stop.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from agents import runners
from agents.exceptions import AgentsError
from agents.types import (
    AgentEvent,
    Assignment,
    Done,
    Endpoint,
    Failed,
    Limits,
    Message,
    NeedsDecision,
    Outcome,
    RateLimited,
    TimedOut,
)
from orchestrator.engine import briefing, judge
from orchestrator.engine.fire import fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.holder import me
from orchestrator.engine.lease import Lease
from orchestrator.engine.logbook import Logbook
from orchestrator.engine.receipts import mismatch
from orchestrator.engine.rows import DispatchRow, WorkspaceRow
from orchestrator.engine.schedule import may_claim
from orchestrator.engine.transitions import Change, change
from orchestrator.exceptions import LostRace
from orchestrator.failpoints import failpoint
from orchestrator.models import Dispatch, Finding, Line, RunStep, Workspace
from orchestrator.rehearsing import endpoint_for


def work(dispatch_id: int) -> bool:
    """Claim a queued dispatch and carry it out; False when there was nothing to claim."""
    dispatch = Dispatch.objects.select_related("run__project", "step").filter(pk=dispatch_id).first()
    if dispatch is None or dispatch.status != "queued" or not claim(dispatch):
        return False
    failpoint("after_claim")
    if dispatch.status == "with_person":
        prepare_person(dispatch)
        return True
    Execution(dispatch).go()
    return True


def claim(dispatch: Dispatch) -> bool:
    """Take the lease. A dispatch whose approved leaves have changed is refused instead, which opens a card."""
    with change(dispatch.run_id) as unit:
        row = unit.board.get(DispatchRow, dispatch.pk)
        if row.status != "queued" or not may_claim(unit.board, row):
            return False
        reasons = mismatch(dispatch.run, dispatch.step)
        if reasons:
            fire(unit.board, DispatchRow, row.id, "receipt_mismatch", reasons=reasons)
            return False
        fire(unit.board, DispatchRow, row.id, "claimed")
        base = Line.objects.values_list("head_oid", flat=True).get(run=dispatch.run_id)
        unit.set(Dispatch, row.id, base_oid=base, holder=me(), beat=0)
    dispatch.refresh_from_db()
    return dispatch.status in ("preparing", "with_person")


def prepare_person(dispatch: Dispatch) -> None:
    """Make the worktree of a step that a person does. Called again after a crash, it makes a new one."""
    if Workspace.objects.filter(dispatch=dispatch, status__in=("live", "held")).exists():
        return
    ground = Ground.of(dispatch.run.project)
    workspace = _workspace(ground, dispatch)
    brief = briefing.brief(dispatch, ground)
    with change(dispatch.run_id) as unit:
        fire(unit.board, WorkspaceRow, workspace.pk, "ready")
        unit.set(Dispatch, dispatch.pk, brief=brief.text, brief_sha256=brief.sha256)


def _workspace(ground: Ground, dispatch: Dispatch) -> Workspace:
    """A new worktree with its row: for a first build at the line's head, else with the work so far in it."""
    row = Workspace.objects.create(
        run=dispatch.run, step=dispatch.step, dispatch=dispatch, host=me()["host"], base_oid=dispatch.base_oid
    )
    oid = _start_of(dispatch)
    failpoint("before_worktree")
    path = ground.checkout(oid, f"run{dispatch.run_id}-{dispatch.step.position + 1}-{dispatch.role}")
    failpoint("after_worktree")
    Workspace.objects.filter(pk=row.pk).update(path=str(path))
    row.path = str(path)
    return row


def _start_of(dispatch: Dispatch) -> str:
    """Which commit a dispatch's worktree shows: a saved turn's, the work so far, or the head of the line."""
    if dispatch.tree:
        return dispatch.tree
    if dispatch.role != "builder":
        return dispatch.step.work_oid
    return briefing.rebuild_base(dispatch) or dispatch.base_oid


class Execution:
    """One claimed dispatch, from worktree to result. It is the Channel of its own runner."""

    def __init__(self, dispatch: Dispatch) -> None:
        self.dispatch = dispatch
        self.epoch = dispatch.epoch
        self.ground = Ground.of(dispatch.run.project)
        self.log = Logbook(dispatch, self.epoch)
        self.lease = Lease(DispatchRow, dispatch.pk, self.epoch)
        self.scribe = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"save-{dispatch.pk}")
        self.saved_at = 0.0
        self.path = Path()
        self.workspace = Workspace()

    def go(self) -> None:
        """Everything a holder does; whatever goes wrong ends in an event of the dispatch, never in silence."""
        with self.lease, self.log, self.scribe:
            try:
                self._resume_from_loss()
                self.workspace = _workspace(self.ground, self.dispatch)
                self.path = Path(self.workspace.path or "")
                brief = briefing.brief(self.dispatch, self.ground)
                self._begin(brief)
                failpoint("while_running")
                self._end(self._run(brief))
            except LostRace:
                return  # somebody else holds it now
            except (AgentsError, OSError) as error:
                self._infra(error)

    # -- Channel -------------------------------------------------------------------------------------------------

    def emit(self, event: AgentEvent) -> None:
        self.log.write(event)

    def cancelled(self) -> bool:
        return self.lease.stopped()

    def save(self, messages: Sequence[Message]) -> None:
        """Store the pair (messages, tree); the tree at most every ten seconds, the messages always.

        In a thread of its own, because runners call this from an event loop, where Django refuses the database."""
        self.scribe.submit(self._save, list(messages)).result()

    def _save(self, messages: list[Message]) -> None:
        values: dict[str, Any] = {"messages": messages}
        if self.dispatch.role == "builder" and time.monotonic() - self.saved_at >= 10:
            values["tree"] = self._snapshot()
            self.saved_at = time.monotonic()
        try:
            self._mine(**values)
        finally:
            connection.close()

    # -- parts of go ---------------------------------------------------------------------------------------------

    def _mine(self, **values: Any) -> None:
        if not Dispatch.objects.filter(pk=self.dispatch.pk, epoch=self.epoch).update(**values):
            raise LostRace("This dispatch was taken over.")

    def _resume_from_loss(self) -> None:
        """A successor of a lost dispatch goes on from the pair that its predecessor saved."""
        before = (
            Dispatch.objects.filter(
                step=self.dispatch.step, role=self.dispatch.role, round=self.dispatch.round,
                rechecks=self.dispatch.rechecks, status="lost",
            ).order_by("-id").first()
        )  # fmt: skip
        if before is not None and not self.dispatch.messages and before.tree:
            self._mine(messages=before.messages, tree=before.tree)
            self.dispatch.messages, self.dispatch.tree = before.messages, before.tree
            self.emit(AgentEvent("retry", "Going on from the last saved turn of an attempt that was lost."))

    def _begin(self, brief: briefing.Brief) -> None:
        with change(self.dispatch.run_id) as unit:
            self._own(unit)
            fire(unit.board, DispatchRow, self.dispatch.pk, "ready")
            fire(unit.board, WorkspaceRow, self.workspace.pk, "ready")
            unit.set(Dispatch, self.dispatch.pk, brief=brief.text, brief_sha256=brief.sha256, model=brief.model)

    def _own(self, unit: Change) -> DispatchRow:
        row = unit.board.get(DispatchRow, self.dispatch.pk)
        if row.epoch != self.epoch:
            raise LostRace("This dispatch was taken over.")
        return row

    def _assignment(self, brief: briefing.Brief, session: Sequence[Message]) -> Assignment:
        limits = self.dispatch.run.policy.get("limits", {}).get(self.dispatch.role, {})
        return Assignment(
            ref=f"{self.dispatch.role}/{self.dispatch.step.key}/{self.dispatch.attempt}",
            role=self.dispatch.role,  # type: ignore[arg-type]
            model=brief.model,
            system=brief.system,
            brief=brief.text,
            worktree=self.path,
            base=self.dispatch.base_oid,
            writable=self.dispatch.role == "builder",
            endpoint=self._endpoint(),
            limits=Limits(**{k: v if k != "turns" else int(v) for k, v in limits.items()}),
            session=tuple(session),
            hidden_paths=(settings.DATA,),
            settings={"unsafe": self.dispatch.run.unsafe} | briefing.answer_to(self.dispatch),
        )

    def _endpoint(self) -> Endpoint | None:
        return endpoint_for(self.dispatch.run) if runners.capabilities(self.dispatch.runner).keyed else None

    def _run(self, brief: briefing.Brief) -> Outcome:
        runner = runners.load(self.dispatch.runner)
        outcome = runner.run(self._assignment(brief, self.dispatch.messages), self)
        problems = judge.incomplete(self.dispatch, outcome, self.path)
        if problems and not self.lease.stopped():
            outcome = self._ask_again(runner, brief, problems)
        return outcome

    def _ask_again(self, runner: Any, brief: briefing.Brief, problems: list[str]) -> Outcome:
        """A report that is incomplete is asked for once more, in the same session (B9)."""
        with change(self.dispatch.run_id) as unit:
            self._own(unit)
            fire(unit.board, DispatchRow, self.dispatch.pk, "report_invalid", problems=problems)
        self.dispatch.refresh_from_db()
        text = "The report is incomplete. Hand it in again, whole:\n" + "\n".join(f"- {p}" for p in problems)
        session = [*self.dispatch.messages, {"role": "user", "content": [{"type": "text", "text": text}]}]
        outcome = runner.run(self._assignment(brief, session), self)
        left = judge.incomplete(self.dispatch, outcome, self.path)
        return Failed("report_incomplete", " ".join(left)) if left else outcome

    def _snapshot(self) -> str:
        return self.ground.snapshot(self.path, self.dispatch).commit

    def _end(self, outcome: Outcome) -> None:
        """Turn an outcome into the dispatch's event, in one transaction with what follows from it."""
        if self.lease.stop == "taken":
            raise LostRace("This dispatch was taken over.")
        saved = self._snapshot() if self.dispatch.role == "builder" else ""
        judged = judge.judge(self.ground, self.dispatch, outcome.report, saved) if isinstance(outcome, Done) else None
        failpoint("before_result")
        with change(self.dispatch.run_id) as unit:
            if self._own(unit).status == "stopping":
                fire(unit.board, DispatchRow, self.dispatch.pk, "stopped")
            elif judged is not None:
                self._reported(unit, judged, dict(outcome.report))  # type: ignore[union-attr]
            else:
                self._ended(unit, outcome)
            values = {"tree": saved} if saved else {}
            unit.set(Dispatch, self.dispatch.pk, usage=judge.usage_sum(self.dispatch.usage, outcome.usage), **values)
        failpoint("after_result")
        self._tidy()

    def _reported(self, unit: Change, judged: judge.Judgement, report: dict[str, Any]) -> None:
        fire(unit.board, DispatchRow, self.dispatch.pk, "reported", **judged.verdict)
        if self.dispatch.role == "reviewer":
            Finding.objects.bulk_create(judge.new_findings(unit.board, self.dispatch.step_id, judged.findings))
        unit.set(Dispatch, self.dispatch.pk, report=report)
        if judged.step:
            unit.set(RunStep, self.dispatch.step_id, **judged.step)

    def _ended(self, unit: Change, outcome: Outcome) -> None:
        for event, args in _events_of(outcome, self.lease.stop):
            fire(unit.board, DispatchRow, self.dispatch.pk, event, **args)
        unit.set(Dispatch, self.dispatch.pk, detail=getattr(outcome, "detail", ""))

    def _tidy(self) -> None:
        """Remove a worktree nobody will look at again. The builder's stays: a person may have to work in it."""
        if self.dispatch.role != "builder":
            self.ground.retire(Workspace.objects.get(pk=self.workspace.pk))

    def _infra(self, error: Exception) -> None:
        """Something around the agent failed: back to the queue for a while, five times, then a person is told."""
        self.emit(AgentEvent("error", str(error)))
        with change(self.dispatch.run_id) as unit:
            row = self._own(unit)
            reasons = [{"text": str(error)}]
            if row.status == "preparing":
                due = time.time() + min(60.0, 2.0**row.infra)
                fire(unit.board, DispatchRow, row.id, "infra", due=due, reasons=reasons)
            elif row.status == "running":
                fire(unit.board, DispatchRow, row.id, "errored", reasons=reasons)
            else:
                fire(unit.board, DispatchRow, row.id, "stopped", reasons=reasons)
            unit.set(Dispatch, row.id, detail=str(error))


def _events_of(outcome: Outcome, stop: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a dispatch that ended without a report."""
    match outcome:
        case Failed(kind, detail):
            return [("errored", {"reasons": [{"text": detail, "failure": kind}]})]
        case TimedOut(which, seconds):
            text = f"It was stopped at its {which} time limit, after {seconds:.0f} seconds."
            return [("limit", {}), ("stopped", {"reasons": [{"text": text}]})]
        case RateLimited(after, detail):
            return [("limited", {"due": time.time() + after, "detail": detail})]
        case NeedsDecision(_, question):
            return [("asked", {"reasons": [{"text": question}]})]
        case _:
            return [("pause_now" if stop == "park" else "handed_over", {})]
