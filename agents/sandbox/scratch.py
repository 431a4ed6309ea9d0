"""The throw-away tree that a read-only role works in: real tools can write, nothing of it survives."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agents.exceptions import SandboxFailed
from agents.sandbox.types import Ground, Jail, Overlay

OVERLAY = (
    "cd {folder} && mount -t tmpfs -o size={size},mode=700 tmpfs top && mkdir top/written top/work top/reports && "
    "mount -t overlay -o lowerdir=below,upperdir=top/written,workdir=top/work,userxattr overlay tree"
)
"""A layer in memory over the worktree, in a mount namespace of the command's own: it is gone when that ends. The paths
are relative, since overlay's own have no way to quote every name."""
OWN_MOUNTS = ("unshare", "--user", "--map-root-user", "--mount", "--")


@contextmanager
def ground_for(jail: Jail, overlay: Overlay) -> Iterator[Ground]:
    """The worktree itself, or a tree that is gone on leaving. bubblewrap's own layer cannot be looked into: where
    reports are wanted, the tree is copied. Raises SandboxFailed for one it cannot read."""
    if jail.writable:
        yield Ground(jail.worktree)
    elif overlay == "bubblewrap" and jail.reports is None:
        yield Ground(None)
    else:
        with private_folder() as folder:
            yield _layered(jail, folder) if overlay == "mount" else _copied(jail, folder)


def _layered(jail: Jail, folder: Path) -> Ground:
    for name in ("top", "tree"):
        (folder / name).mkdir()
    (folder / "below").symlink_to(jail.worktree.resolve())
    prepare = OVERLAY.format(folder=shlex.quote(str(folder)), size=jail.host.caps.scratch_bytes)
    return Ground(folder / "tree", prepare, folder / "top")


def _copied(jail: Jail, folder: Path) -> Ground:
    try:
        shutil.copytree(jail.worktree, folder / "tree", symlinks=True, ignore=special_files)
    except (shutil.Error, OSError) as error:
        raise SandboxFailed(
            f"{jail.worktree} cannot be read whole, nothing was run: make it readable again. {error}"
        ) from error
    return Ground(folder / "tree")


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder only we can enter, deleted on leaving even where a command took away its own permissions."""
    folder = Path(tempfile.mkdtemp(prefix="signalbox-"))
    try:
        yield folder
    finally:
        remove_tree(folder)


def now(folder: Path) -> int:
    """The kernel's clock, in nanoseconds, as the files in this folder get it."""
    mark = folder / ".began"
    mark.touch()
    began = mark.stat().st_ctime_ns
    mark.unlink()
    return began


def remove_tree(folder: Path) -> None:
    """Delete a folder that a hostile command may have locked; links are removed, never followed."""
    folder.chmod(stat.S_IRWXU)
    for directory, below, _ in os.walk(folder):
        for path in (Path(directory, name) for name in below):
            if not path.is_symlink():
                path.chmod(stat.S_IRWXU)
    shutil.rmtree(folder)


def special_files(directory: str, names: list[str]) -> list[str]:
    """Pipes, sockets and devices: copying one would block or fail, and git does not hold them."""
    ordinary = (stat.S_ISREG, stat.S_ISDIR, stat.S_ISLNK)
    modes = {name: Path(directory, name).lstat().st_mode for name in names}
    return [name for name, mode in modes.items() if not any(test(mode) for test in ordinary)]
