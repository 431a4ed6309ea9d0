"""Carry out one claimed dispatch: prepare its worktree, run its runner, judge what came back.

No transaction is open while anything slow runs. Every write of ours says which epoch it belongs to; when the lease
was taken from us the write is refused and we stop.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from agents import runners
from agents.exceptions import AgentsError, SetupFailed, SetupStopped
from agents.preparing import Made
from agents.sandbox import Kit
from agents.types import (
    AgentEvent,
    Assignment,
    Cancelled,
    Done,
    Endpoint,
    Failed,
    Limits,
    Message,
    Outcome,
)
from orchestrator import sandboxing
from orchestrator.engine import briefing, ending, jailing, judge, preparing, provenance
from orchestrator.engine.claiming import claim
from orchestrator.engine.fire import fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.handing_out import prepare_person
from orchestrator.engine.lease import Lease
from orchestrator.engine.logbook import Logbook
from orchestrator.engine.patience import AWAY, patiently
from orchestrator.engine.placing import new_workspace
from orchestrator.engine.rows import DispatchRow, WorkspaceRow
from orchestrator.engine.states import LEASED_DISPATCH
from orchestrator.engine.transitions import Change, change
from orchestrator.exceptions import LostRace, PersonError
from orchestrator.failpoints import failpoint
from orchestrator.models import Dispatch, Workspace
from orchestrator.rehearsing import endpoint_for

PAIR_SECONDS = 10.0
"""How often a conversation is saved with its tree. Resuming loses at most this much."""


def work(run_id: int, dispatch_id: int) -> bool:
    """Claim a queued dispatch and carry it out; False when there was nothing to claim."""
    epoch = claim(run_id, dispatch_id)
    if not epoch:
        return False
    failpoint("after_claim")
    mine = Dispatch.objects.select_related("run__project", "step__step").filter(pk=dispatch_id, epoch=epoch)
    for dispatch in mine:
        if dispatch.status == "with_person":
            prepare_person(dispatch)
        else:
            Execution(dispatch).go()
    return True


class Execution:
    """One claimed dispatch, from worktree to result. It is the Channel of its own runner."""

    def __init__(self, dispatch: Dispatch) -> None:
        self.dispatch = dispatch
        self.epoch = dispatch.epoch
        self.ground = Ground.of(dispatch.run.project)
        self.log = Logbook(dispatch, self.epoch)
        self.lease = Lease(DispatchRow, dispatch.pk, self.epoch)
        self.scribe = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"save-{dispatch.pk}")
        self.saved_at = self.told_at = float("-inf")
        self.said: list[Message] = dispatch.messages
        self.path = Path()
        self.workspace = Workspace()
        self.kit = Kit()

    def go(self) -> None:
        """Everything a holder does; whatever goes wrong ends in an event of the dispatch, never in silence."""
        # LostRace: somebody else holds it now, and we write nothing.
        with self.lease, self.log, self.scribe, suppress(LostRace):
            try:
                self._work()
            except (AgentsError, PersonError, OSError, DatabaseError) as error:
                self.emit(AgentEvent("error", str(error)))
                patiently(partial(self._infra, error))

    def _work(self) -> None:
        self._resume()
        if not self._is_proven():
            return
        try:
            made = self._set_up()
        except SetupFailed as error:
            self.emit(AgentEvent("error", str(error)))
            patiently(partial(self._not_begun, "setup_failed", [{"text": str(error)}]))
            return
        except SetupStopped:
            patiently(partial(self._not_begun, "handed_over", []))
            return
        placed = new_workspace(self.ground, self.dispatch, made, heard=self._checked_out)
        self.workspace, self.kit = placed.workspace, placed.kit
        self.path = Path(self.workspace.path or "")
        brief = briefing.brief(self.dispatch, self.ground)
        begun = patiently(partial(self._begin, brief))
        failpoint("while_running")
        self._end(self._run(brief) if begun else Cancelled())
        self._tidy()

    # -- Channel -------------------------------------------------------------------------------------------------

    def emit(self, event: AgentEvent) -> None:
        self.log.write(event)

    def cancelled(self) -> bool:
        return self.lease.stopped()

    def save(self, messages: Sequence[Message]) -> None:
        """Store the pair (messages, tree), at most every ten seconds: a conversation without the tree it speaks of
        would let a successor believe in files that are not there.

        In a thread of its own, because runners call this from an event loop, where Django refuses the database."""
        self.said = list(messages)
        if time.monotonic() - self.saved_at >= PAIR_SECONDS and self.scribe.submit(self._save).result():
            self.saved_at = time.monotonic()

    def _save(self) -> bool:
        """False where the database is away: the next turn is saved in its stead, and the agent need not wait."""
        try:
            self._mine(messages=self.said, **self._tree())
        except AWAY:
            return False
        finally:
            connection.close()
        failpoint("after_save")
        return True

    def _tree(self) -> dict[str, str]:
        """The column of the tree as it is now; none for a role that writes nothing."""
        return {"tree": self._snapshot()} if self.dispatch.role == "builder" else {}

    # -- parts of go ---------------------------------------------------------------------------------------------

    def _mine(self, **values: Any) -> None:
        if not Dispatch.objects.filter(pk=self.dispatch.pk, epoch=self.epoch).update(**values):
            raise LostRace("This dispatch was taken over.")

    def _resume(self) -> None:
        """A successor of a lost dispatch, or of one that was given more time, goes on from the pair that it saved."""
        before = briefing.interrupted(self.dispatch)
        if before is None or self.dispatch.messages:
            return
        saved = {"messages": before.messages, "report": before.report}
        if before.tree:
            saved |= {"tree": before.tree, "base_oid": before.base_oid}
        self._mine(**saved)
        for name, value in saved.items():
            setattr(self.dispatch, name, value)
        self.said = before.messages
        self.emit(AgentEvent("retry", f"Going on from the last saved turn of an attempt that {_ENDED[before.status]}."))

    def _is_proven(self) -> bool:
        """Refuse to start on a base that lacks what the step builds on."""
        proof = provenance.prove(self.ground, self.dispatch)
        if proof.lacking:
            reasons = provenance.reasons(self.dispatch.base_oid, proof.lacking)
            patiently(partial(self._not_begun, "base_unproven", reasons))
        elif proof.contains:
            patiently(partial(self._mine, contains=[list(commit) for commit in proof.contains]))
        return not proof.lacking

    def _set_up(self) -> Made | None:
        say = lambda words: self.emit(AgentEvent("setup", words))  # noqa: E731 - a log line in the runner's form
        errand = preparing.Errand(self.dispatch.run, self.dispatch.step, self.lease.stopped, say)
        return preparing.ready(errand, self.ground, self.dispatch.base_oid, self.dispatch.base_oid)

    def _checked_out(self, there: int, of: int) -> None:
        """How far the worktree is, at most once a second."""
        if time.monotonic() - self.told_at >= 1:
            self.told_at = time.monotonic()
            self.emit(AgentEvent("setup", f"{there:,} of {of:,} files of the worktree are there."))

    def _not_begun(self, event: str, reasons: list[dict[str, Any]]) -> None:
        """The agent was not started; one that was stopped meanwhile just ends."""
        if self.lease.stop == "taken":
            raise LostRace("This dispatch was taken over.")
        with change(self.dispatch.run_id) as unit:
            row = self._own(unit)
            fire(unit.board, DispatchRow, row.id, "stopped" if row.status == "stopping" else event, reasons=reasons)

    def _begin(self, brief: briefing.Brief) -> bool:
        """Say that it runs; False when it was cancelled while its worktree was made."""
        with change(self.dispatch.run_id) as unit:
            row = self._own(unit)
            if row.status == "preparing":
                fire(unit.board, DispatchRow, self.dispatch.pk, "ready")
                fire(unit.board, WorkspaceRow, self.workspace.pk, "ready")
                unit.set(
                    Dispatch, self.dispatch.pk, brief=brief.text, brief_sha256=brief.sha256, model=brief.model,
                    sandbox=sandboxing.in_force(self.dispatch.run),
                )  # fmt: skip
        return row.status != "stopping"

    def _own(self, unit: Change) -> DispatchRow:
        row = unit.board.get(DispatchRow, self.dispatch.pk)
        if row.epoch != self.epoch or row.status not in LEASED_DISPATCH:
            raise LostRace("This dispatch was taken over, or has ended.")
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
            readable_paths=self.ground.readable,
            tools=brief.tools,
            fence=jailing.fence(self.dispatch.step),
            host=sandboxing.host(),
            kit=self.kit,
            settings={"unsafe": self.dispatch.run.unsafe} | briefing.answer_to(self.dispatch),
        )

    def _endpoint(self) -> Endpoint | None:
        return endpoint_for(self.dispatch.run) if runners.capabilities(self.dispatch.runner).keyed else None

    def _run(self, brief: briefing.Brief) -> Outcome:
        if self.dispatch.report:
            return Done(self.dispatch.report)  # it had ended, and only its result was not taken yet
        runner = runners.load(self.dispatch.runner)
        outcome = runner.run(self._assignment(brief, self.dispatch.messages), self)
        problems = patiently(partial(judge.incomplete, self.dispatch, outcome, self.path))
        if problems and not self.lease.stopped():
            outcome = self._ask_again(runner, brief, problems)
        return outcome

    def _ask_again(self, runner: Any, brief: briefing.Brief, problems: list[str]) -> Outcome:
        """A report that is incomplete is asked for once more, in the same session (B9)."""
        patiently(partial(self._report_invalid, problems))
        text = "The report is incomplete. Hand it in again, whole:\n" + "\n".join(f"- {p}" for p in problems)
        session = [*self.said, {"role": "user", "content": [{"type": "text", "text": text}]}]
        outcome = runner.run(self._assignment(brief, session), self)
        left = judge.incomplete(self.dispatch, outcome, self.path)
        return Failed("report_incomplete", " ".join(left)) if left else outcome

    def _report_invalid(self, problems: list[str]) -> None:
        with change(self.dispatch.run_id) as unit:
            if not self._own(unit).asked_again:
                fire(unit.board, DispatchRow, self.dispatch.pk, "report_invalid", problems=problems)
        self.dispatch.refresh_from_db(fields=["status", "asked_again"])

    def _snapshot(self) -> str:
        failpoint("before_snapshot")
        work = self.ground.snapshot(self.path, self.dispatch)
        failpoint("after_snapshot")
        return work.commit

    def _end(self, outcome: Outcome) -> None:
        """Turn an outcome into the dispatch's event, in one transaction with what follows from it."""
        if self.lease.stop == "taken":
            raise LostRace("This dispatch was taken over.")
        outcome = ending.without_secrets(outcome)
        kept: dict[str, Any] = {"messages": self.said, **self._tree()}
        self.dispatch.messages = self.said  # what it ran is judged with what it says
        kept["usage"] = judge.usage_sum(self.dispatch.usage, outcome.usage)
        if isinstance(outcome, Done):
            kept["report"] = dict(outcome.report)
            # Whoever takes over from here on takes this result, and asks no model again.
            patiently(partial(self._mine, **kept))
        failpoint("after_kept")
        patiently(partial(self._finish, outcome, kept))
        failpoint("after_result")

    def _finish(self, outcome: Outcome, kept: dict[str, Any]) -> None:
        work = kept.get("tree", "")
        judged = judge.judge(self.ground, self.dispatch, outcome.report, work) if isinstance(outcome, Done) else None
        failpoint("before_result")
        with change(self.dispatch.run_id) as unit:
            if self._own(unit).status == "stopping":
                fire(unit.board, DispatchRow, self.dispatch.pk, "stopped")
            elif judged is not None:
                ending.reported(unit, self.dispatch, judged)
            else:
                ending.without_report(unit, self.dispatch, outcome, self.lease.stop)
            unit.set(Dispatch, self.dispatch.pk, **kept)

    def _tidy(self) -> None:
        """Remove a worktree nobody will look at again. The builder's stays: a person may have to work in it."""
        if self.dispatch.role != "builder":
            self.ground.retire(Workspace.objects.get(pk=self.workspace.pk))

    def _infra(self, error: Exception) -> None:
        """Something around the agent failed."""
        with change(self.dispatch.run_id) as unit:
            ending.around(unit, self._own(unit), error)


_ENDED = {"lost": "was lost", "timed_out": "ran out of time"}
