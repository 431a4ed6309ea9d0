"""Whether and how agents and checks may run here. Where there is no sandbox, all but the rehearsal is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

    Without one only the shipped example's rehearsal runs, whose every command is known; an operator who sets
    SIGNALBOX_UNSAFE=1 allows the rest, and every page of the run says so."""
    if state().kind != "none":
        return False
    if settings.SIGNALBOX_UNSAFE or (is_example and scripted):
        return True
    here = state()
    raise PersonError(f"{here.reason} Install it: {here.install_hint} (or set SIGNALBOX_UNSAFE=1 to run without).")


def host() -> sandbox.Host:
    """What the operator gives to every jail here. No repository can change it."""
    return sandbox.Host(
        tuple(map(Path, settings.TOOL_FOLDERS)),
        sandbox.Caps(
            processes=settings.JAIL_PROCESSES,
            open_files=settings.JAIL_OPEN_FILES,
            memory_bytes=settings.JAIL_MEMORY_MB * 1024**2,
            file_bytes=settings.JAIL_FILE_MB * 1024**2,
            cpu_seconds=settings.JAIL_CPU_SECONDS,
            scratch_bytes=settings.JAIL_SCRATCH_MB * 1024**2,
        ),
    )


def setup_hosts() -> sandbox.Hosts:
    """Whom setup commands may ask, as the operator says."""
    return sandbox.Hosts.of(settings.SETUP_HOSTS, settings.SETUP_PRIVATE_HOSTS)


def in_force(run: Run) -> dict[str, Any]:
    """What holds the commands of this run here, as JSON to keep with a dispatch or candidate."""
    return state().in_force(unsafe=run.unsafe)


def can_mount(run: Run) -> bool:
    """Whether the jails of this run can show folders that lie elsewhere."""
    return state().kind == "bubblewrap" and not run.unsafe


@contextmanager
def setup_jail(
    run: Run, checkout: Path, readable: tuple[Path, ...], hosts: sandbox.Hosts, told: Callable[[sandbox.Asked], None]
) -> Iterator[sandbox.Jail]:
    """Where setup commands of this run run. Raises SandboxUnavailable."""
    if run.unsafe:
        yield sandbox.Jail("setup", checkout, writable=True, host=host(), total_seconds=1800.0, unsafe=True)
        return
    hidden = (Path(settings.DATA),)
    with sandbox.setup_jail(checkout, hosts, told=told, host=host(), readable=readable, hidden=hidden) as jail:
        yield jail


def check_jail(run: Run, checkout: Path, readable: tuple[Path, ...], kit: sandbox.Kit) -> sandbox.Jail:
    """Where a check of this run runs: a clean checkout below a throw-away layer of its own, so that no check prepares
    another's pass; of ours only `readable` and what it was prepared with, no network, the policy's seconds."""
    seconds = float(run.policy["check_seconds"])
    return sandbox.Jail(
        "check", checkout, writable=False, hidden=(Path(settings.DATA),), readable=readable, host=host(),
        kit=kit, total_seconds=seconds, idle_seconds=seconds, unsafe=run.unsafe,
    )  # fmt: skip
