"""What this installation is and how it stands. Each probe has its own error; one that fails hides no other."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

from agents.workspaces.git import OLDEST, program
from orchestrator import presence, rehearsing, sandboxing
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
    if state.kind == "none":
        return Probe("Sandbox", BAD, state.reason, state.install_hint)
    return Probe("Sandbox", GOOD, state.version)


def _model() -> Probe:
    if rehearsing.has_model():
        where = settings.ANTHROPIC_BASE_URL or "the provider's own address"
        return Probe("Model", GOOD, f"A key is set; agents answer from {where}.")
    words = "No key is set: runs are rehearsals with a scripted model. Everything else in them is real."
    return Probe("Model", Sign("drama", "neutral", "rehearsal"), words, "ANTHROPIC_API_KEY=…")


def _git() -> Probe:
    return Probe("git", GOOD, f"{program()}, version {'.'.join(map(str, OLDEST))} or newer")


def _database() -> Probe:
    with connection.cursor() as cursor:
        version = "sqlite_version()" if connection.vendor == "sqlite" else "version()"
        cursor.execute(f"SELECT {version}")
        return Probe("Database", GOOD, f"{connection.display_name} {cursor.fetchone()[0].split(' on ')[0]}")


def _data() -> Probe:
    folder = Path(settings.DATA)
    used = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    free = shutil.disk_usage(folder).free
    return Probe("Data", GOOD, f"{_bytes(used)} used, {_bytes(free)} free", str(folder))


def _ways() -> Probe:
    """What keeps new work from starting here or at a worker, or slows it down."""
    found = presence.hindrances()
    return Probe("Room", BAD, " ".join(found)) if found else Probe("Room", GOOD, "Nothing keeps new work from starting")


def _versions() -> Probe:
    python = ".".join(map(str, sys.version_info[:3]))
    return Probe(
        "Versions", GOOD, f"Python {python}, Django {django.__version__}, {platform.system()} {platform.release()}"
    )


def _bytes(number: float) -> str:
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
    "Data": _data,
    "Room": _ways,
    "Versions": _versions,
}
