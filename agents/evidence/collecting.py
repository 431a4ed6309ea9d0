"""What a command left on the disk: reports that are read, images that are kept, and how many files it wrote."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from agents.evidence import results
from agents.evidence.types import Gathered, Kept, Results, merged
from agents.exceptions import AgentsError, ResultsUnreadable
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
"""Folders in which tools only remember: nothing that a later check needs is in them."""
BULK = frozenset({"node_modules", ".venv", "venv", ".tox"})
"""Folders of foreign files, looked at as a whole."""


def gather(checkout: Path, reports: Path, since: int) -> Gathered:
    """Look at what was written after `since` (the kernel's clock, in nanoseconds, as files' change times have it)."""
    written = list(_written(checkout, since))
    bench = _Bench(str(checkout))
    for path in _files(reports):
        bench.take(reports, path, f"{REPORTS}/{path}")
    for path in written:
        if not path.endswith("/"):
            bench.take(checkout, path, path)
    return Gathered(merged(bench.parts), tuple(bench.kept), len(written))


def now(folder: Path) -> int:
    """The kernel's clock as the files in this folder get it."""
    mark = folder / ".began"
    mark.touch()
    began = mark.stat().st_ctime_ns
    mark.unlink()
    return began


def _files(folder: Path) -> list[str]:
    return sorted(str(PurePosixPath(path).relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def _written(checkout: Path, since: int) -> Iterator[str]:
    """Paths that changed since, without caches; a bulk folder that changed counts as one and ends with `/`."""
    seen = 0
    for folder, below, names in os.walk(checkout):
        inside = Path(folder).relative_to(checkout)
        for name in BULK.intersection(below):
            if Path(folder, name).lstat().st_ctime_ns > since:
                yield f"{inside / name}/"
        below[:] = [name for name in below if name not in CACHES | BULK]
        seen += len(names)
        if seen > MOST_FILES:
            return
        for name in names:
            if _changed(Path(folder, name), since):
                yield (inside / name).as_posix()


def _changed(file: Path, since: int) -> bool:
    try:
        return file.lstat().st_ctime_ns > since
    except OSError:
        return False


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
            self._keep(name, "report", data)
            self._parse(data, name)

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
