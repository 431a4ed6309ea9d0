"""What this installation keeps on this host: bytes by part, worktrees, and what the vault has saved."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet, Sum
from django.db.models.functions import Length

from agents.exceptions import InvalidRef
from agents.preparing import Made
from agents.workspaces.types import Kept
from orchestrator.engine import caches
from orchestrator.engine.ground import Ground
from orchestrator.models import LogChunk, Workspace
from plans.models import Project

MEASURE_SECONDS = 600.0
"""How long a measurement is shown before the next one is begun."""
WAIT_SECONDS = 0.5
"""How long a page waits for a measurement; a small installation is measured in that time."""
PARTS = {
    "hubs": "lines of runs and live work, one bare repository for each project",
    "mirrors": "this host's copies of the hubs, from which worktrees hang",
    "vault": "the state of every worktree before it was removed",
    "worktrees": "folders in which agents, checks and people work",
    "prepared": "what setup made, shown to every worktree with the same lock files",
    "artifacts": "reports and images that checks left, by run",
    "clones": "what a person commits themself, in user-managed mode",
    "restored": "states that somebody took out of the vault to look at",
}
_RUN_KEY = re.compile(r"run-(\d+)")


@dataclass(frozen=True, slots=True)
class Part:
    """`bytes` as files count them, links not followed."""

    name: str
    bytes: int
    what: str


@dataclass(frozen=True, slots=True)
class Sizes:
    parts: Sequence[Part]
    at: datetime

    @property
    def total(self) -> int:
        return sum(part.bytes for part in self.parts)


class Scale:
    """Measures the data folder in a thread of its own, at most once in MEASURE_SECONDS."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._sizes: Sizes | None = None
        self._begun = float("-inf")

    def read(self, wait: float = WAIT_SECONDS) -> Sizes | None:
        """The newest measurement, None while the first is under way."""
        with self._lock:
            if time.monotonic() - self._begun > MEASURE_SECONDS:
                self._begun = time.monotonic()
                self._thread = threading.Thread(target=self._measure, name="measure", daemon=True)
                self._thread.start()
        if self._thread is not None and self._sizes is None:
            self._thread.join(wait)
        return self._sizes

    def _measure(self) -> None:
        try:
            self._sizes = measure()
        finally:
            connection.close()


scale = Scale()


def measure() -> Sizes:
    """Walk the data folder once."""
    home = Path(settings.DATA)
    parts = [Part(name, _bytes_below(home / name), what) for name, what in PARTS.items()]
    return Sizes([_database(home), _logs(), *parts, _rest(home)], datetime.now(UTC))


def _database(home: Path) -> Part:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return Part("database", int(cursor.fetchone()[0]) - _log_bytes(), "PostgreSQL, without the logs")
    size = sum(file.stat().st_size for file in home.glob("*.sqlite3*"))
    return Part("database", max(0, size - _log_bytes()), "SQLite with its journal, without the logs")


def _logs() -> Part:
    return Part("logs", _log_bytes(), "what agents said and did, compressed, in the database")


def _log_bytes() -> int:
    return LogChunk.objects.aggregate(sum=Sum(Length("data")))["sum"] or 0


def _rest(home: Path) -> Part:
    known = {*PARTS}
    others = [entry for entry in home.iterdir() if entry.name not in known and ".sqlite3" not in entry.name]
    size = sum(entry.stat().st_size if entry.is_file() else _bytes_below(entry) for entry in others)
    return Part("rest", size, "the example's repository, gathered static files, this installation's key")


def _bytes_below(folder: Path) -> int:
    """The bytes of all files below a folder; what vanishes meanwhile is not counted."""
    total = 0
    for parent, _, names in os.walk(folder, onerror=lambda error: None):
        for name in names:
            try:
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118 - many thousand of them
            except OSError:
                continue
    return total


# -- worktrees -----------------------------------------------------------------------------------------------------


def worktrees() -> QuerySet[Workspace]:
    """The worktrees that there are, of all hosts, newest first."""
    found = Workspace.objects.exclude(status__in=("saved", "removed")).exclude(path=None)
    return found.select_related("run__project", "run__plan", "step", "dispatch").order_by("-id")


@dataclass(frozen=True, slots=True)
class Cache:
    """One result of setup on this host. `user` is who works with it now, "" for nobody."""

    project: Project
    made: Made
    made_at: datetime
    used_at: datetime
    user: str


def kept_setups() -> list[Cache]:
    """What setup made, of all projects, the one used last first."""
    found = [
        Cache(
            project, made, datetime.fromisoformat(made.at), datetime.fromtimestamp(used, UTC),
            caches.used_by(project, made.key),
        )
        for project in Project.objects.order_by("id")
        for made, used in caches.all_of(project)
    ]  # fmt: skip
    return sorted(found, key=lambda cache: cache.used_at, reverse=True)


# -- the vault -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chain:
    """The saved states of one run, or of the folders in which checks ran (`run` None). `newest` is ISO 8601."""

    project: Project
    key: str
    run: int | None
    newest: str


@dataclass(frozen=True, slots=True)
class State:
    """One saved state. `workspace` is the row whose folder it was, where it is the last state of one."""

    kept: Kept
    workspace: Workspace | None


def chains() -> list[Chain]:
    """What the vaults of this host hold, newest first."""
    found = [
        Chain(project, kept.key, _run_of(kept.key), kept.when)
        for project in Project.objects.order_by("id")
        if (vault := Ground.of(project).vault).path.is_dir()
        for kept in vault.newest()
    ]
    return sorted(found, key=lambda chain: datetime.fromisoformat(chain.newest), reverse=True)


def _run_of(key: str) -> int | None:
    found = _RUN_KEY.fullmatch(key)
    return int(found[1]) if found else None


def states(project: Project, key: str) -> list[State]:
    """The states of one chain, newest first."""
    vault = Ground.of(project).vault
    try:
        kept = vault.chain(key) if vault.path.is_dir() else ()
    except InvalidRef:
        return []
    rows = Workspace.objects.filter(run__project=project, saved_oid__in=[state.oid for state in kept])
    by_oid = {row.saved_oid: row for row in rows.select_related("step", "dispatch")}
    return [State(state, by_oid.get(state.oid)) for state in kept]


def shelf(project: Project) -> Path:
    """Where states of a project are restored to."""
    return Path(settings.DATA) / "restored" / str(project.pk)


def restored(project: Project, key: str) -> list[Path]:
    """The folders into which states of a chain were restored, newest first."""
    found = [folder for folder in shelf(project).glob(f"{key}-*") if folder.is_dir()]
    return sorted(found, key=lambda folder: folder.stat().st_ctime, reverse=True)
