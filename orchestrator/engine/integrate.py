"""Land a step: candidate = merge of head and work plus its marks, one commit; check that very commit; swap it in.

What lands is what was verified: marks are in the tree before the checks run, and a red candidate is dropped with them.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from typing import Any

from django.db import DatabaseError
from django.utils import timezone

from agents.exceptions import AgentsError, SetupFailed
from agents.workspaces.types import Conflict
from orchestrator.engine import checking, clash, findings, handover, judge, new_setup, shortage
from orchestrator.engine.fire import allows, fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.holder import me
from orchestrator.engine.lease import Lease
from orchestrator.engine.patience import patiently
from orchestrator.engine.rows import CandidateRow, WorkspaceRow
from orchestrator.engine.schedule import works
from orchestrator.engine.states import LIVE_CANDIDATE
from orchestrator.engine.transitions import Change, change
from orchestrator.exceptions import LostRace
from orchestrator.failpoints import failpoint
from orchestrator.models import Candidate, Line, RunStep
from plans.exceptions import PlanError
from plans.folder import file_of
from plans.writeback import mark_with_parents

_TYPES = (
    ("fix", re.compile(r"^(fix|correct|repair|mend)\b", re.I)),
    ("docs", re.compile(r"^(document|docs?|describe|readme|write the (docs|readme))\b", re.I)),
    ("test", re.compile(r"^(test|cover)\b", re.I)),
    ("refactor", re.compile(r"^(refactor|rename|move|split|simplify|trim|clean)\b", re.I)),
    ("chore", re.compile(r"^(bump|upgrade|pin|configure|remove)\b", re.I)),
)


def integrate(candidate_id: int) -> bool:
    """Claim a queued candidate and take it as far as it goes; False when there was nothing to claim."""
    candidate = Candidate.objects.select_related("run__project", "run__plan", "step__step", "line").get(pk=candidate_id)
    if candidate.status != "queued" or not _claim(candidate):
        return False
    failpoint("after_candidate_claim")
    landing = Landing(candidate)
    # LostRace: it was taken over or dropped, and we write nothing.
    with landing.lease, suppress(LostRace):
        try:
            landing.go()
        except (AgentsError, OSError, DatabaseError) as error:
            patiently(partial(landing.fail, error))
    return True


def commit_message(step: RunStep) -> str:
    """A conventional-commit message that names the step and nobody who helped (B6)."""
    kind = next((name for name, pattern in _TYPES if pattern.search(step.title)), "feat")
    title = step.title.strip()
    if title[:1].isupper() and not title[:2].isupper():
        title = title[0].lower() + title[1:]
    subject = f"{kind}: {title}"
    room = 71 - len(f" (step {step.key})")
    short = subject if len(subject) <= room else subject[: room - 1].rstrip() + "…"
    return f"{short} (step {step.key})\n"


def _claim(candidate: Candidate) -> bool:
    base = Ground.of(candidate.run.project).head(candidate.line)
    with change(candidate.run_id) as unit:
        row = unit.board.get(CandidateRow, candidate.pk)
        if row.status != "queued" or not works(unit.board):
            return False
        fire(unit.board, CandidateRow, row.id, "claimed")
        unit.set(Candidate, row.id, base_oid=base, work_oid=candidate.step.work_oid, holder=me(), beat=0)
    candidate.refresh_from_db()
    return True


_FAILED = {"building": "conflict", "checking": "red", "pushing": "beat_stopped"}
_GIVEN_BACK = {"building": "handed_over", "checking": "handed_over", "pushing": "beat_stopped"}


class Landing:
    """One claimed candidate on its way to the line."""

    def __init__(self, candidate: Candidate) -> None:
        self.candidate = candidate
        self.epoch = candidate.epoch
        self.ground = Ground.of(candidate.run.project)
        self.lease = Lease(CandidateRow, candidate.pk, self.epoch)
        self.merged = ""

    def go(self) -> None:
        built = self._build()
        if built is None or self._handed_over() or self._screened() or self._asks_for_setup():
            return
        try:
            results = checking.check(self.candidate, self.ground, self.lease.stopped)
        except SetupFailed as error:
            self._fire("setup_failed", reasons=[{"text": str(error)}])
            return
        if self._handed_over() or results is None:
            return
        red = [row for row in results if row.decides and row.verdict in checking.BLOCKS]
        if red and "verify" not in self.candidate.step.waived:
            self._fire("red", kind="check", reasons=[checking.reason(row) for row in red])
            self._drop()
            return
        self._push()

    # -- building ------------------------------------------------------------------------------------------------

    def _build(self) -> str | None:
        step, candidate = self.candidate.step, self.candidate
        merged = self.ground.hub.merge(candidate.base_oid, candidate.work_oid)
        if isinstance(merged, Conflict):
            self._conflict(merged)
            return None
        self.merged = merged.tree
        try:
            tree = self._marked(merged.tree)
        except PlanError as error:
            self._fire("conflict", reasons=[{"text": f"The plan's mark cannot be written: {error}"}])
            return None
        message = commit_message(step)
        oid = self.ground.commit(tree, candidate.base_oid, message)
        failpoint("after_commit_object")
        # The oid is in the row before anything is pushed: after a crash, "it is in the line" means landed.
        self._fire("built", {"oid": oid, "tree": tree, "message": message})
        candidate.oid, candidate.tree, candidate.message = oid, tree, message
        failpoint("after_built")
        return oid

    def _screened(self) -> bool:
        """Whether the guards stop the merged tree, before its marks: others may have landed since the work was judged,
        or a person may have mended it."""
        judged = patiently(partial(judge.merged, self.ground, self.candidate, self.merged, self.candidate.message))
        if judged is not None:
            patiently(partial(self._judged, judged))
        return judged is not None and judged.verdict["verdict"] == "failed"

    def _asks_for_setup(self) -> bool:
        """Whether a person has to allow the packages that the candidate brings, before they are fetched."""
        reasons = patiently(partial(new_setup.reasons, self.candidate, self.ground))
        if reasons:
            self._fire("setup_asked", reasons=reasons)
        return bool(reasons)

    def _judged(self, judged: judge.Judgement) -> None:
        with change(self.candidate.run_id) as unit:
            self._own(unit)
            step = self.candidate.step
            findings.keep(unit.board, step.pk, judged.findings, step.round, guards=True, again=False)
            if judged.verdict["verdict"] == "failed":
                reasons = judged.verdict["reasons"]
                fire(unit.board, CandidateRow, self.candidate.pk, "red", kind="claim", reasons=reasons)

    def _conflict(self, found: Conflict) -> None:
        """The card that asks about it holds a worktree in which it can be resolved."""
        candidate = self.candidate
        workspace = clash.open_worktree(candidate, self.ground)
        with change(candidate.run_id) as unit:
            self._own(unit)
            if workspace is not None:
                fire(unit.board, WorkspaceRow, workspace.pk, "ready")
            fire(unit.board, CandidateRow, candidate.pk, "conflict", reasons=[clash.reason(found)])
            unit.set(Candidate, candidate.pk, tree=found.tree)

    def _marked(self, tree: str) -> str:
        """The tree with the step's mark as its dialect writes it; a step whose gap was accepted gets none (X2)."""
        step, run = self.candidate.step, self.candidate.run
        if step.waived or step.step is None:
            return tree
        path = step.step.content.get("path") or run.plan.path
        file = file_of(path)
        text = self.ground.hub.read_blob(tree, file)
        if text is None:
            return tree
        marked = mark_with_parents(text, step.key, path, timezone.now(), run.revision.chosen)
        return self.ground.hub.with_files(tree, {file: marked})

    # -- pushing -------------------------------------------------------------------------------------------------

    def _push(self) -> None:
        try:
            swapped = self._swap()
        finally:
            strike(self.candidate, self.epoch)
        if not swapped:
            self._fire("head_moved")
            return
        landed(self.candidate, self.epoch)
        failpoint("after_landed")
        self._drop(red=False)

    def _swap(self) -> bool:
        """Move the line to the candidate; False when it has moved meanwhile."""
        candidate = self.candidate
        standing = _standing(candidate, self.epoch)
        # Before the epoch is looked at for the last time: who takes us over strikes this ref, then looks at the line.
        self.ground.hub.set_ref(standing, candidate.oid)
        failpoint("after_standing")
        self._fire("green")
        if handover.take_back(candidate.line):
            return False  # the person wrote in their clone meanwhile: that is the base now
        failpoint("before_swap")
        swapped = self.ground.swap(candidate.line.ref, candidate.oid, candidate.base_oid, standing)
        failpoint("after_swap")
        return swapped

    # -- shared --------------------------------------------------------------------------------------------------

    def _handed_over(self) -> bool:
        if not self.lease.stopped():
            return False
        if self.lease.stop != "taken":
            self._fire("handed_over")
        return True

    def fail(self, error: Exception) -> None:
        """Something around the candidate failed: a person is told, or it is tried again where nobody is at fault.
        Once it may have moved the line it counts as lost, for the sweep looks whether it has."""
        nobodys = shortage.met(error) or isinstance(error, DatabaseError)
        with change(self.candidate.run_id) as unit:
            row = self._own(unit)
            event = (_GIVEN_BACK if nobodys else _FAILED)[row.status]
            reasons = [{"text": f"The candidate could not be built or checked: {error}"}]
            fire(unit.board, CandidateRow, row.id, event, kind="check", reasons=reasons)
            unit.set(Candidate, row.id, epoch=row.epoch + 1)

    def _own(self, unit: Change) -> CandidateRow:
        row = unit.board.get(CandidateRow, self.candidate.pk)
        if row.epoch != self.epoch or row.status not in LIVE_CANDIDATE:
            raise LostRace("This candidate was taken over.")
        return row

    def _fire(self, event: str, columns: dict[str, Any] | None = None, /, **args: Any) -> None:
        patiently(partial(self._fire_once, event, columns or {}, args))

    def _fire_once(self, event: str, columns: dict[str, Any], args: dict[str, Any]) -> None:
        with change(self.candidate.run_id) as unit:
            row = self._own(unit)
            # Not allowed: it happened at the try before this one, whose answer was lost with the database.
            if allows(unit.board, CandidateRow, row.id, event, **args):
                fire(unit.board, CandidateRow, row.id, event, **args)
                unit.set(Candidate, row.id, **columns)

    def _drop(self, red: bool = True) -> None:
        if not red:
            self.ground.retire_step(self.candidate.step)


def strike(candidate: Candidate, epoch: int) -> None:
    """From now on the holder of this epoch cannot move the line; what it has moved stays moved."""
    Ground.of(candidate.run.project).hub.delete_ref(_standing(candidate, epoch))


def _standing(candidate: Candidate, epoch: int) -> str:
    return f"refs/signalbox/runs/{candidate.run_id}/candidates/{candidate.pk}/{epoch}"


def landed(candidate: Candidate, epoch: int, event: str = "swapped") -> None:
    """Record that the line now ends at (or contains) this candidate's commit, with all that follows from it."""
    handover.hand_over(candidate)
    with change(candidate.run_id) as unit:
        row = unit.board.get(CandidateRow, candidate.pk)
        if row.epoch != epoch:
            raise LostRace("This candidate was taken over.")
        fire(unit.board, CandidateRow, row.id, event, oid=candidate.oid)
        head = Ground.of(candidate.run.project).hub.ref(candidate.line.ref) or candidate.oid
        state = {} if unit.board.policy.git == "user" else {"publish_state": "behind"}
        unit.set(Line, candidate.line_id, head_oid=head, **state)
        unit.set(RunStep, candidate.step_id, landed_oid=candidate.oid)
