"""What this installation is, how it stands and which settings are in force. Each probe has its own error; one that
fails hides no other."""

from __future__ import annotations

import platform
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from agents.workspaces import git
from orchestrator import presence, rehearsing, sandboxing
from orchestrator.engine.states import LEASED_DISPATCH, LIVE_CANDIDATE, RUN_WORKS
from orchestrator.env import ROOT
from orchestrator.models import Candidate, Dispatch, Line
from orchestrator.web.reading import sandboxes
from orchestrator.web.reading.signs import Sign

GOOD, BAD = Sign("circle-check", "passed", "ready"), Sign("circle-x", "failed", "not ready")


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing that was looked at. `detail` is what was found, or what is wrong and what to do."""

    name: str
    sign: Sign
    detail: str
    code: str = ""


def probes() -> list[Probe]:
    """Everything that a run needs, looked at now."""
    return [_probed(name, look) for name, look in _LOOKS.items()]


def _probed(name: str, look: Callable[[], Probe]) -> Probe:
    try:
        return look()
    except Exception as error:
        return Probe(name, BAD, f"{type(error).__name__}: {error}")


def _workers() -> Probe:
    found = presence.workers()
    if not found:
        return Probe("Worker", BAD, "No worker is alive: nothing runs until one is started.", "make up")
    return Probe("Worker", GOOD, f"{len(found)} alive: {', '.join(worker.name for worker in found)}")


def _sandbox() -> Probe:
    state = sandboxing.state()
    if state.kind == "bubblewrap":
        return Probe("Sandbox", GOOD, " ".join([state.reason, *sandboxes.told(state.in_force())]))
    if state.kind == "landlock":
        return Probe("Sandbox", BAD, state.reason, state.install_hint)
    if settings.SIGNALBOX_UNSAFE:
        words = f"{state.reason} SIGNALBOX_UNSAFE=1 is set: commands run without one and can reach all that you can."
        return Probe("Sandbox", BAD, words, state.install_hint)
    return Probe("Sandbox", BAD, f"{state.reason} Only the example's rehearsal may run.", state.install_hint)


def _model() -> Probe:
    if rehearsing.has_model():
        where = settings.ANTHROPIC_BASE_URL or "the provider's own address"
        return Probe("Model", GOOD, f"A key is set; agents answer from {where}.")
    words = "No key is set: runs are rehearsals with a scripted model. Everything else in them is real."
    return Probe("Model", Sign("drama", "neutral", "rehearsal"), words, "ANTHROPIC_API_KEY=…")


def _git() -> Probe:
    return Probe("git", GOOD, git.version(), git.program())


def _database() -> Probe:
    with connection.cursor() as cursor:
        version = "sqlite_version()" if connection.vendor == "sqlite" else "version()"
        cursor.execute(f"SELECT {version}")
        return Probe("Database", GOOD, f"{connection.display_name} {cursor.fetchone()[0].split(' on ')[0]}")


def _data() -> Probe:
    folder = Path(settings.DATA)
    return Probe("Data folder", GOOD, f"{size(shutil.disk_usage(folder).free)} free on its disk", str(folder))


def _ways() -> Probe:
    """What keeps new work from starting here or at a worker, or slows it down."""
    found = presence.hindrances()
    return Probe("Room", BAD, " ".join(found)) if found else Probe("Room", GOOD, "Nothing keeps new work from starting")


def _versions() -> Probe:
    ours = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    python = ".".join(map(str, sys.version_info[:3]))
    said = f"Signalbox {ours}, Python {python}, Django {django.__version__}, {platform.system()} {platform.release()}"
    return Probe("Versions", GOOD, said)


def size(number: float) -> str:
    """Bytes as a person reads them: 812 B, 4 kB, 31 MB."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


_LOOKS: dict[str, Callable[[], Probe]] = {
    "Worker": _workers,
    "Sandbox": _sandbox,
    "Model": _model,
    "git": _git,
    "Database": _database,
    "Data folder": _data,
    "Room": _ways,
    "Versions": _versions,
}


@dataclass(frozen=True, slots=True)
class Queue:
    """What of one kind waits for a worker, and what is being worked on."""

    name: str
    waiting: int
    working: int
    what: str


def queues() -> list[Queue]:
    """The work that rows say there is; a message of the broker only rings for it."""
    dispatches = Dispatch.objects.filter(run__status__in=sorted(RUN_WORKS))
    candidates = Candidate.objects.filter(run__status__in=sorted(RUN_WORKS))
    return [
        Queue("agents", _count(dispatches, ["queued"]), _count(dispatches, LEASED_DISPATCH), "building and reviewing"),
        Queue("checks", _count(candidates, ["queued"]), _count(candidates, LIVE_CANDIDATE), "checking and landing"),
        Queue("publishing", Line.objects.filter(publish_state="behind").count(), 0, "into your repositories"),
    ]


def _count(rows: QuerySet[Any], statuses: Iterable[str]) -> int:
    return rows.filter(status__in=sorted(statuses)).count()


@dataclass(frozen=True, slots=True)
class Setting:
    """A name of the environment and the value that is in force; of a secret only whether there is one."""

    name: str
    value: str
    what: str


def settings_in_force() -> list[Setting]:
    return [Setting(name, read(), what) for name, (read, what) in _SETTINGS.items()]


def _yes(held: object) -> str:
    return "set" if held else "not set"


def _seconds(name: str) -> Callable[[], str]:
    return lambda: f"{getattr(settings, name):g} s"


def _retention() -> str:
    return f"{settings.RETENTION_DAYS:g} days" if settings.RETENTION_DAYS else "for ever"


def _database_address() -> str:
    held = connection.settings_dict
    return str(held["NAME"]) if connection.vendor == "sqlite" else f"{held['NAME']} at {held['HOST'] or 'localhost'}"


_SETTINGS: dict[str, tuple[Callable[[], str], str]] = {
    "HOST, PORT": (lambda: f"{settings.HOST}:{settings.PORT}", "where it listens"),
    "ALLOWED_HOSTS": (lambda: ", ".join(settings.ALLOWED_HOSTS), "names browsers may use"),
    "TRUSTED_ORIGINS": (lambda: ", ".join(settings.CSRF_TRUSTED_ORIGINS) or "none", "addresses behind a proxy"),
    "SIGNALBOX_DATA": (lambda: str(settings.DATA), "everything it keeps"),
    "DATABASE_URL": (_database_address, "the database"),
    "REDIS_URL": (lambda: _yes(settings.REDIS_URL), "broker and channels of several processes"),
    "ANTHROPIC_API_KEY": (lambda: _yes(rehearsing.has_model()), "the model's key"),
    "ANTHROPIC_BASE_URL": (lambda: settings.ANTHROPIC_BASE_URL or "the provider's own", "where it is asked"),
    "SIGNALBOX_UNSAFE": (lambda: "1" if settings.SIGNALBOX_UNSAFE else "0", "commands without a sandbox"),
    "SIGNALBOX_TOOLS": (lambda: ", ".join(settings.TOOL_FOLDERS) or "none", "more folders with programs for jails"),
    "SIGNALBOX_SETUP_HOSTS": (lambda: ", ".join(settings.SETUP_HOSTS) or "none", "hosts that setup may ask"),
    "SIGNALBOX_SETUP_PRIVATE_HOSTS": (
        lambda: ", ".join(settings.SETUP_PRIVATE_HOSTS) or "none",
        "private ones that setup may ask, too",
    ),
    "SIGNALBOX_JAIL_PROCESSES": (lambda: str(settings.JAIL_PROCESSES), "processes of one command"),
    "SIGNALBOX_JAIL_OPEN_FILES": (lambda: str(settings.JAIL_OPEN_FILES), "open files of each"),
    "SIGNALBOX_JAIL_MEMORY_MB": (lambda: f"{settings.JAIL_MEMORY_MB} MB", "private memory of each"),
    "SIGNALBOX_JAIL_FILE_MB": (lambda: f"{settings.JAIL_FILE_MB} MB", "largest file it can write"),
    "SIGNALBOX_JAIL_SCRATCH_MB": (lambda: f"{settings.JAIL_SCRATCH_MB} MB", "its /tmp, HOME and throw-away tree"),
    "SIGNALBOX_JAIL_CPU_SECONDS": (lambda: f"{settings.JAIL_CPU_SECONDS} s", "processor time of each process"),
    "SIGNALBOX_GIT_HOSTS": (lambda: ", ".join(settings.GIT_HOSTS) or "none", "private hosts with repositories"),
    "SIGNALBOX_FREE_MB": (lambda: f"{settings.FREE_FLOOR_BYTES / 1e6:g} MB", "free space that new work needs"),
    "SIGNALBOX_RETENTION_DAYS": (_retention, "worktrees of ended runs stay"),
    "SIGNALBOX_DEBUG": (lambda: "1" if settings.DEBUG else "0", "error pages show the code"),
    "SIGNALBOX_ARM_SECONDS": (_seconds("ARM_SECONDS"), "to take an answer back"),
    "SIGNALBOX_BEAT_SECONDS": (_seconds("BEAT_SECONDS"), "between two beats of a worker"),
    "SIGNALBOX_LEASE_SECONDS": (_seconds("LEASE_SECONDS"), "until a silent worker's work is given on"),
    "SIGNALBOX_SWEEP_SECONDS": (_seconds("SWEEP_SECONDS"), "between two looks for such work"),
    "SIGNALBOX_SHORTAGE_SECONDS": (_seconds("SHORTAGE_SECONDS"), "until a host that lacked something tries again"),
    "SIGNALBOX_FETCH_SECONDS": (_seconds("FETCH_SECONDS"), "a branch at a URL is taken as last seen"),
    "SIGNALBOX_REHEARSAL_DELAY": (_seconds("REHEARSAL_DELAY"), "between two words of the scripted model"),
    "SIGNALBOX_SOCKET_RECHECK_SECONDS": (_seconds("SOCKET_RECHECK_SECONDS"), "between two looks at a page's rights"),
}
