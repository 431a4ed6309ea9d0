"""The short play that every fault interrupts: one step (or two), built and reviewed by scripted agents, checked for
real, landed and published; a person approves it and answers its card."""

from __future__ import annotations

import copy
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

from orchestrator.actions import decisions, handing, runs
from orchestrator.models import Run
from plans.models import Project
from tests.integration.engine.hand import Hand
from tests.integration.faults.invariants import assert_invariants, seen
from tests.integration.faults.worker import Setting, forked
from tests.repositories import git, repository

STEP = """### Step {number}: Write note {number}

**Objective**: A note.

**Acceptance criteria**:
- The note is there.

#### Phase 1 — Build

Write the note.

#### Phase 2 — Adversarial Review

1. Is it there?

#### Phase 3 — Verification

- [ ] It is there once — `grep -c "Write note {number}" REHEARSAL.md` prints 1.
{more}
---
"""
LIMIT_SECONDS = 120.0
FAST = {"LEASE_SECONDS": 15.0, "BEAT_SECONDS": 0.3, "SWEEP_SECONDS": 0.2}
IMPATIENT = {"LEASE_SECONDS": 1.5}
"""For a worker that is to take over from one that stands still. Others see at once that a holder has died."""

context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload(["tests.integration.faults.worker"])


class Stage:
    """A run that waits for workers, and the person who answers its cards."""

    def __init__(
        self,
        folder: Path,
        *,
        steps: int = 1,
        runner: str = "anthropic_api",
        more: str = "",
        data: Path | None = None,
        git: str = "engine",
        changed: dict[str, float] | None = None,
        files: dict[str, str] | None = None,
    ) -> None:
        self.settings = FAST | (changed or {})
        if data is not None:
            data.mkdir()
            settings.DATA = data
        self.data = Path(settings.DATA)
        written = [STEP.format(number=number + 1, more=more) for number in range(steps)]
        plan = "# Notes\n\n## Steps\n\n" + "\n".join(written)
        self.source = repository(folder / "notes", files, plan=plan)
        self.checkout = seen(self.source)
        self.hand = Hand(self.source)
        # Only an example's rehearsal is published; its name chooses the script that plays any plan.
        Project.objects.filter(name="general").update(name=f"before {self.hand.project.pk}")
        Project.objects.filter(pk=self.hand.project.pk).update(name="general", is_example=True)
        self.hand.project.refresh_from_db()
        self.hand.start(runner=runner, git=git)
        self.run: Run = self.hand.run
        self.hand.run = self._approved()

    def _approved(self) -> Run:
        return runs.approve(self.run, self.hand.actor, self.hand.user.pk)

    def worker(self, failpoint: str = "", *, clock: float = 0.0, **changed: float) -> BaseProcess:
        """Start a process that works on the run; it dies at `failpoint`, or ends when nothing moves."""
        database = copy.deepcopy(connection.settings_dict)
        told = Setting(self.run.pk, self.data, database, failpoint, self.settings | changed, clock)
        process = context.Process(target=forked, args=(told,))
        process.start()
        return process

    def end_of(self, process: BaseProcess) -> int:
        """The process's exit code, negative for a signal."""
        process.join(LIMIT_SECONDS)
        code = process.exitcode
        if code is None:
            process.kill()
            raise AssertionError(f"The worker of run {self.run.pk} did not come to its end.")
        return code

    def stopped(self, failpoint: str, **changed: float) -> BaseProcess:
        """A worker that stands still at a failpoint, as on a laptop that sleeps; `goes_on` wakes it."""
        process = self.worker(f"{failpoint}:1:STOP", **changed)
        until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
        return process

    def goes_on(self, process: BaseProcess) -> int:
        """Wake a stopped worker; returns its exit code."""
        assert process.pid
        os.kill(process.pid, signal.SIGCONT)
        return self.end_of(process)

    def killed(self, failpoint: str, **changed: float) -> bool:
        """Let a worker run into a failpoint; True when it died there, False when it came to its end without."""
        code = self.end_of(self.worker(failpoint, **changed))
        assert code in (-9, 0), code
        return code == -9

    def play(self) -> Run:
        """Workers without faults, and a person who lets every batch end, until the run is over."""
        for _ in range(10):
            assert self.end_of(self.worker()) == 0
            self.hand.run.refresh_from_db()
            self.run = self.hand.run
            if not self.run.is_over:
                self.answer()
            if self.run.is_over:
                return self.run
        raise AssertionError(f"The run did not come to its end: {self.run.status}")

    def answer(self) -> None:
        card = self.run.decisions.filter(status="open").earliest("id")
        given = decisions.Answer("continue", at_once=True)
        decisions.decide(card.pk, given, self.hand.actor, self.hand.user.pk)
        self.run.refresh_from_db()

    @property
    def database_url(self) -> str:
        """Where the tests' database is, for a process that reads it from the environment."""
        at = connection.settings_dict
        if connection.vendor == "postgresql":
            return f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
        return f"sqlite:///{at['NAME']}"

    def assert_invariants(self) -> None:
        assert_invariants(self.run, self.checkout)

    def assert_done(self) -> None:
        """The run has ended as it would have without any fault."""
        assert self.run.status == "succeeded"
        self.assert_invariants()
        assert not list((self.data / "worktrees").glob("*/*"))
        subjects = git(self.source, "log", "--format=%s", f"main..{self.run.branch}").splitlines()
        assert subjects == [f"feat: write note {n} (step {n})" for n in range(self.run.steps.count(), 0, -1)]


def until(true: Callable[[], object], seconds: float = LIMIT_SECONDS) -> None:
    """Wait for a condition; fails when it does not come within `seconds`."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "the awaited condition did not come"
        time.sleep(0.02)


def by_hand(stage: Stage) -> None:
    """The person does the step that was handed to them."""
    stage.hand.append("REHEARSAL.md", "- 1: Write note 1\n")
    handing.hand_in(handing.handed_out(stage.run), stage.hand.actor)
