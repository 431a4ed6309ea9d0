"""Find work whose holder is gone and give it on. No clock is in a lease: a beat that stands still is what counts."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F

from agents.exceptions import AgentsError
from orchestrator.engine import integrate, preparing
from orchestrator.engine.ending import LONGEST_WAIT_SECONDS
from orchestrator.engine.fire import fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.holder import is_dead
from orchestrator.engine.reconcile import reconcile
from orchestrator.engine.rows import CandidateRow, DispatchRow
from orchestrator.engine.states import LEASED_DISPATCH, LIVE_CANDIDATE, RUN_OVER
from orchestrator.engine.transitions import advance, change
from orchestrator.exceptions import IllegalTransition, LostRace
from orchestrator.failpoints import failpoint
from orchestrator.models import Candidate, Decision, Dispatch, Run


@dataclass
class Sweep:
    """Watches beats on its own monotonic clock. A gap between its own ticks (a sleeping laptop, a database that was
    away) restarts the watch, so that nothing is lost because nobody looked."""

    seen: dict[tuple[str, int, int], tuple[int, float]] = field(default_factory=dict)
    last: float = field(default_factory=time.monotonic)

    def tick(self) -> None:
        """Look at every lease and every worktree once, and move every run that could move and is not moving."""
        try:
            self._tick(time.monotonic())
        except DatabaseError:
            self.seen.clear()  # no holder could beat either
            raise

    def _tick(self, now: float) -> None:
        if now - self.last > 3 * settings.SWEEP_SECONDS + 1:
            self.seen.clear()
        _pull_in(time.time())
        for candidate in Candidate.objects.filter(status="lost"):
            _settle_lost(candidate)
        for dispatch in Dispatch.objects.filter(status__in=sorted(LEASED_DISPATCH)):
            if self._gone("dispatch", dispatch, now):
                _take(dispatch)
        for candidate in Candidate.objects.filter(status__in=sorted(LIVE_CANDIDATE)):
            if self._gone("candidate", candidate, now):
                _take_candidate(candidate)
        for dispatch in Dispatch.objects.filter(status="with_person").exclude(holder={}):
            if self._gone("person", dispatch, now):
                _let_others_prepare(dispatch)
        preparing.try_again_where_changed()
        for run_id in _could_move():
            advance(run_id)
        reconcile()
        # Only now: a tick that the database did not answer was none, for no holder could beat either.
        self.last = now

    def _gone(self, kind: str, row: Dispatch | Candidate, now: float) -> bool:
        if is_dead(row.holder):
            return True
        key = (kind, row.pk, row.epoch)
        beat, since = self.seen.get(key, (-1, now))
        if beat != row.beat:
            self.seen[key] = (row.beat, now)
            return False
        return now - since >= settings.LEASE_SECONDS


def _take(dispatch: Dispatch) -> None:
    with change(dispatch.run_id) as unit:
        row = unit.board.get(DispatchRow, dispatch.pk)
        if row.epoch == dispatch.epoch and row.status in LEASED_DISPATCH:
            reason = {"text": "The worker that ran it ended without a word."}
            fire(unit.board, DispatchRow, row.id, "beat_stopped", reasons=[reason])
            # A late holder finds its epoch gone at its next write, and stops.
            unit.set(Dispatch, row.id, epoch=row.epoch + 1)
    failpoint("after_take")


def _let_others_prepare(dispatch: Dispatch) -> None:
    """Whoever was making a person's worktree is gone: without a holder, any worker takes it on."""
    mine = Dispatch.objects.filter(pk=dispatch.pk, epoch=dispatch.epoch, status="with_person")
    mine.update(epoch=F("epoch") + 1, holder={})


def _take_candidate(candidate: Candidate) -> None:
    with change(candidate.run_id) as unit:
        row = unit.board.get(CandidateRow, candidate.pk)
        if row.epoch == candidate.epoch and row.status in LIVE_CANDIDATE:
            fire(unit.board, CandidateRow, row.id, "beat_stopped")
            unit.set(Candidate, row.id, epoch=row.epoch + 1)
    failpoint("before_settle")
    candidate.refresh_from_db()
    _settle_lost(candidate)


def _settle_lost(candidate: Candidate) -> None:
    """A lost candidate whose commit is in the line has landed; any other is queued anew."""
    if candidate.status != "lost":
        return
    hub = Ground.of(candidate.run.project).hub
    try:
        # First the right to push, then the look at the line: what is pushed is seen here, or is not pushed at all.
        integrate.strike(candidate, candidate.epoch - 1)
        head = hub.ref(candidate.line.ref)
        if candidate.oid and head and hub.is_ancestor(candidate.oid, head):
            integrate.landed(candidate, candidate.epoch, "found_landed")
        else:
            with change(candidate.run_id) as unit:
                fire(unit.board, CandidateRow, candidate.pk, "found_stale")
    except (IllegalTransition, LostRace):
        return  # another sweep was faster
    except (AgentsError, OSError):
        return  # git or the disk could not be asked; the next tick asks again
    failpoint("after_settle")


def _pull_in(now: float) -> None:
    """A clock that was set back must not make anything wait longer than it was meant to."""
    waiting = Dispatch.objects.filter(status__in=("queued", "rate_limited"), due__gt=now + LONGEST_WAIT_SECONDS)
    waiting.update(due=now)
    armed = Decision.objects.filter(status="armed", due__gt=now + settings.ARM_SECONDS)
    armed.update(due=now + settings.ARM_SECONDS)


def _could_move() -> list[int]:
    """Runs with something due by the clock; all else was moved by the transition that made it possible."""
    now = time.time()
    due = set(Decision.objects.filter(status="armed", due__lte=now).values_list("run_id", flat=True))
    due |= set(Dispatch.objects.filter(status="rate_limited", due__lte=now).values_list("run_id", flat=True))
    live = Run.objects.exclude(status__in=sorted(RUN_OVER))
    return sorted(due & set(live.values_list("id", flat=True)))
