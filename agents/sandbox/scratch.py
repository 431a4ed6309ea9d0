"""The throw-away copy that a read-only role works in: real tools can write, nothing of it survives."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.exceptions import SandboxFailed


@contextmanager
def tree_for(worktree: Path, writable: bool) -> Iterator[Path]:
    """The worktree itself, or a copy of it that is deleted on leaving. Raises SandboxFailed for one it cannot read."""
    if writable:
        yield worktree
        return
    with private_folder() as folder:
        copy = folder / "tree"
        _copy(worktree, copy)
        yield copy


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder only we can enter, deleted on leaving even where a command took away its own permissions."""
    folder = Path(tempfile.mkdtemp(prefix="signalbox-"))
    try:
        yield folder
    finally:
        remove_tree(folder)


def remove_tree(folder: Path) -> None:
    """Delete a folder that a hostile command may have locked; links are removed, never followed."""
    folder.chmod(stat.S_IRWXU)
    for directory, below, _ in os.walk(folder):
        for path in (Path(directory, name) for name in below):
            if not path.is_symlink():
                path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder)


def _copy(worktree: Path, copy: Path) -> None:
    try:
        shutil.copytree(worktree, copy, symlinks=True, ignore=_special_files)
    except (shutil.Error, OSError) as error:
        raise SandboxFailed(
            f"{worktree} cannot be read whole, nothing was run: make it readable again. {error}"
        ) from error


def _special_files(directory: str, names: list[str]) -> list[str]:
    """Pipes, sockets and devices: copying one would block or fail, and git does not hold them."""
    ordinary = (stat.S_ISREG, stat.S_ISDIR, stat.S_ISLNK)
    modes = {name: Path(directory, name).lstat().st_mode for name in names}
    return [name for name, mode in modes.items() if not any(test(mode) for test in ordinary)]
