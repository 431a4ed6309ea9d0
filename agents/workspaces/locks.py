"""Lock files that a killed git left in a repository of ours. Nobody else would ever take them away."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from pathlib import Path

STALE_SECONDS = 60.0
"""Longer than any git of ours holds a lock that others wait for; it counts where its owner cannot be seen from here."""
_TOLD = re.compile(
    r"Unable to create '(?P<lock>[^']+\.lock)': File exists|could not lock config file (?P<file>.+): File"
)


def cleared(said: str, git_dir: Path) -> bool:
    """Remove the lock that git complained of, when it is below `git_dir`, old, and no process has it open."""
    told = _TOLD.search(said)
    if not told:
        return False
    lock = Path(told["lock"] or f"{told['file']}.lock")
    if not lock.resolve().is_relative_to(git_dir.resolve()) or not _is_left(lock):
        return False
    lock.unlink(missing_ok=True)
    return True


def _is_left(lock: Path) -> bool:
    try:
        state = lock.stat()
    except FileNotFoundError:
        return True
    return time.time() - state.st_mtime > STALE_SECONDS and (state.st_dev, state.st_ino) not in set(_open_files())


def _open_files() -> Iterator[tuple[int, int]]:
    """Device and inode of every file that a process we may look into has open."""
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            state = descriptor.stat()
            yield state.st_dev, state.st_ino
