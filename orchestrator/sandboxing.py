"""Whether and how agents and checks may run here. Where there is no sandbox, all but the rehearsal is refused."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from agents import sandbox
from orchestrator.exceptions import PersonError

if TYPE_CHECKING:
    from orchestrator.models import Run


def state() -> sandbox.SandboxState:
    """What this host offers, probed once."""
    return sandbox.probe()


def runs_unsafe(*, is_example: bool, scripted: bool) -> bool:
    """Whether a new run goes without a sandbox. Raises PersonError where that is not allowed.

    Without bubblewrap only the shipped example's rehearsal runs, whose every command is known; an operator who sets
    SIGNALBOX_UNSAFE=1 allows the rest, and every page of the run says so."""
    if state().kind == "bubblewrap":
        return False
    if settings.SIGNALBOX_UNSAFE or (is_example and scripted):
        return True
    here = state()
    raise PersonError(f"{here.reason} Install it: {here.install_hint} (or set SIGNALBOX_UNSAFE=1 to run without).")


def check_jail(run: Run, checkout: Path, readable: tuple[Path, ...]) -> sandbox.Jail:
    """Where a check of this run runs: its own checkout, of ours only `readable`, no network, the policy's seconds."""
    seconds = float(run.policy["check_seconds"])
    return sandbox.Jail(
        "check", checkout, writable=True, hidden=(Path(settings.DATA),), readable=readable,
        total_seconds=seconds, idle_seconds=seconds, unsafe=run.unsafe,
    )  # fmt: skip
