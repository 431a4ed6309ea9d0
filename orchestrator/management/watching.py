"""Following a run in a terminal: what is new, until nothing moves without a person or without a worker."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping

from django.conf import settings

from orchestrator import presence, queries, telling, wake
from orchestrator.engine import worker
from orchestrator.engine.recover import Sweep
from orchestrator.models import Event, Run

LOOK_SECONDS = 0.25
ENDED, NEEDS_PERSON, NO_WORKER = "ended", "needs a person", "no worker"
EXIT_NO_WORKER = 3
EXIT_CODES = {"succeeded": 0, "finished_with_gaps": 4, "aborted": 5}
EXIT_NEEDS_PERSON = 6


class Watch:
    """One look over a run's shoulder from event `seq` on. With `work` this process does the run's work as well, and
    says so to everybody who asks whether a worker is alive."""

    def __init__(self, run: Run, seq: int, *, work: bool, say: Callable[[str], None]) -> None:
        self.run, self.seq, self.work, self.say = run, seq, work, say
        self._sweep = Sweep()
        self._met = False
        self._alone_since = 0.0

    def follow(self) -> str:
        """Say every event that comes; returns why it is over: ENDED, NEEDS_PERSON or NO_WORKER."""
        try:
            while True:
                since = wake.rung()
                if self.work:
                    self._do_work()
                self._say_new()
                why = self._over()
                if why:
                    return why
                wake.wait(since, LOOK_SECONDS)
        finally:
            if self.work:
                presence.vanish()

    def _do_work(self) -> None:
        presence.appear()
        self._sweep.tick()
        while worker.work_once(self.run.pk):
            self._say_new()

    def _say_new(self) -> None:
        while events := queries.events_since(self.run.pk, self.seq):
            roles = telling.roles_of(self.run.pk)
            for event in events:
                self._say(event, roles)
            self.seq = events[-1].seq

    def _say(self, event: Event, roles: Mapping[int, str]) -> None:
        where = f"step {event.step}" if event.step else "run"
        text = telling.said(event.kind, json.loads(event.body or "{}"), roles)
        self.say(f"{event.at[11:19]}  {where:10}  {text}")

    def _over(self) -> str:
        self.run.refresh_from_db()
        if self.run.is_over:
            return ENDED
        if queries.needs_person(self.run):
            return NEEDS_PERSON
        return NO_WORKER if self._abandoned() else ""

    def _abandoned(self) -> bool:
        """Whether nobody is there to work; one that was there may come back for as long as a lease lasts."""
        now = time.monotonic()
        if self.work or presence.worker_is_alive():
            self._met, self._alone_since = True, now
        return now - self._alone_since > (settings.LEASE_SECONDS if self._met else 0)


def exit_code(run: Run, why: str) -> int:
    """What `--exit-code` says: how the run stands, as docs/cli.md lists it."""
    if why == NO_WORKER:
        return EXIT_NO_WORKER
    return EXIT_CODES[run.status] if why == ENDED else EXIT_NEEDS_PERSON
