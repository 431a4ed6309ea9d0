"""What a command left on the disk: reports that are read and images that are kept."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from agents.evidence import results
from agents.evidence.types import Gathered, Kept, Results, merged
from agents.exceptions import AgentsError, ResultsUnreadable
from agents.redaction import redacted
from agents.sandbox import Remains
from agents.sandbox.remains import EVERYTHING
from agents.workspaces.confined import read_confined

REPORTS = "reports"
"""How the private folder of reports is called in the paths of what was found there."""
REPORT_SUFFIXES = frozenset({".xml", ".json", ".sarif", ".info", ".lcov"})
IMAGES = {
    ".png": b"\x89PNG\r\n\x1a\n",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".gif": b"GIF8",
    ".webp": b"RIFF",
}
"""Suffix to the first bytes of such a file; what does not begin so is no image."""
LARGEST_KEPT = 8 * 1024**2
MOST_KEPT = 100
MOST_BYTES = 32 * 1024**2
MOST_TOLD = 20
MOST_FILES = 500_000

CACHES = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".git"})
"""Folders in which tools only remember."""
BULK = frozenset({"node_modules", ".venv", "venv", ".tox"})
"""Folders of foreign files."""


def gather(remains: Remains) -> Gathered:
    """Look at what a command wrote, while it is there."""
    bench = _Bench(remains.known_as)
    for path in sorted(_written(remains.reports, EVERYTHING)):
        bench.take(remains.reports, path, f"{REPORTS}/{path}")
    for path in _written(remains.tree, remains.since):
        bench.take(remains.tree, path, path)
    return Gathered(merged(bench.parts), tuple(bench.kept))


def _written(tree: Path, since: int) -> Iterator[str]:
    """Paths that changed since, but for caches and foreign files."""
    seen = 0
    for folder, below, names in os.walk(tree):
        inside = Path(folder).relative_to(tree)
        below[:] = [name for name in below if name not in CACHES | BULK]
        seen += len(names)
        if seen > MOST_FILES:
            return
        for name in names:
            if _changed(Path(folder, name), since):
                yield (inside / name).as_posix()


def _changed(file: Path, since: int) -> bool:
    """Whether it was written since. What was deleted from below a layer is a device without a number there."""
    try:
        state = file.lstat()
    except OSError:
        return False
    gone = stat.S_ISCHR(state.st_mode) and state.st_rdev == 0
    return state.st_ctime_ns > since and not gone


class _Bench:
    """Reads reports and collects files, within bounds."""

    def __init__(self, top: str) -> None:
        self.top = top
        self.parts: list[Results] = []
        self.kept: list[Kept] = []
        self.bytes = self.told = 0

    def take(self, root: Path, path: str, name: str) -> None:
        suffix = PurePosixPath(path).suffix.lower()
        if suffix not in REPORT_SUFFIXES and suffix not in IMAGES:
            return
        try:
            state = (root / path).lstat()
            if not stat.S_ISREG(state.st_mode):
                self._tell(f"{name} was not read: it is no regular file, and links are not followed.")
                return
            self._read(root, path, name, suffix, state.st_size)
        except (AgentsError, OSError) as error:
            self._tell(f"{name} was not read: {error}")

    def _read(self, root: Path, path: str, name: str, suffix: str, size: int) -> None:
        if size > results.LARGEST_BYTES:
            self._tell(f"{name} was not read: it is larger than {results.LARGEST_BYTES // 1024**2} MB.")
            return
        data = read_confined(root, path)
        if suffix in IMAGES:
            if data.startswith(IMAGES[suffix]):
                self._keep(name, "image", data)
        elif results.sniff(data):
            told = _without_secrets(data)
            self._keep(name, "report", told)
            self._parse(told, name)

    def _parse(self, data: bytes, name: str) -> None:
        try:
            self.parts.append(results.read(data, self.top))
        except ResultsUnreadable as error:
            self._tell(f"{name} could not be read as a report: {error}.")

    def _keep(self, name: str, kind: str, data: bytes) -> None:
        full = len(self.kept) >= MOST_KEPT or self.bytes + len(data) > MOST_BYTES
        if full or len(data) > LARGEST_KEPT:
            why = "there are too many of them" if full else f"it is larger than {LARGEST_KEPT // 1024**2} MB"
            self._tell(f"{name} is not kept: {why}.")
            return
        self.bytes += len(data)
        self.kept.append(Kept(name, kind, data))

    def _tell(self, text: str) -> None:
        self.told += 1
        if self.told <= MOST_TOLD:
            self.parts.append(Results(told=(text if self.told < MOST_TOLD else "There is more of this kind.",)))


def _without_secrets(data: bytes) -> bytes:
    """As what it printed; every byte is a letter here, since a report has whatever encoding it has."""
    return redacted(data.decode("latin-1")).encode("latin-1")
