"""Opening files below a worktree without ever leaving it.

Every folder on the way is opened by descriptor with O_NOFOLLOW, so a symbolic link is refused wherever it stands, and
swapping a folder for a link between check and use changes nothing.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from agents.exceptions import ToolRefused

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a named pipe must not wait for its other end
_FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def parts_below(path: str) -> tuple[str, ...]:
    """The components of a relative path ("." has none). Absolute, climbing or `.git` paths: ToolRefused."""
    pure = PurePosixPath(path)
    if "\0" in path or pure.is_absolute() or ".." in pure.parts:
        raise ToolRefused(f"{path!r} leaves the worktree. Give a path relative to its root, without “..”.")
    if ".git" in (part.lower() for part in pure.parts):
        raise ToolRefused(f"{path!r} is git's own. Leave .git alone: the work is committed for you.")
    return pure.parts


@contextmanager
def open_folder(root: Path, parts: tuple[str, ...], *, create: bool = False) -> Iterator[int]:
    """A descriptor of the folder `parts` below `root`; missing ones are made if `create`."""
    descriptor = os.open(root, _FOLDER)
    try:
        for part in parts:
            descriptor = _step_into(descriptor, part, create)
        yield descriptor
    finally:
        os.close(descriptor)


def read_bytes(root: Path, path: str, limit: int) -> bytes:
    """At most `limit` bytes of a regular file."""
    with _open_file(root, path, os.O_RDONLY) as descriptor, os.fdopen(os.dup(descriptor), "rb") as file:
        return file.read(limit)


def write_bytes(root: Path, path: str, data: bytes) -> None:
    """Replace a regular file's content, or make the file and its folders."""
    with _open_file(root, path, os.O_WRONLY | os.O_CREAT) as descriptor:
        os.ftruncate(descriptor, 0)
        with os.fdopen(os.dup(descriptor), "wb") as file:
            file.write(data)


@contextmanager
def _open_file(root: Path, path: str, flags: int) -> Iterator[int]:
    parts = parts_below(path)
    if not parts:
        raise ToolRefused("Name a file, not the worktree's root.")
    with open_folder(root, parts[:-1], create=bool(flags & os.O_CREAT)) as folder:
        descriptor = _open_at(folder, parts[-1], flags | _FILE, path)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ToolRefused(f"{path!r} is not a regular file.")
        yield descriptor
    finally:
        os.close(descriptor)


def _step_into(descriptor: int, part: str, create: bool) -> int:
    if create:
        with suppress(FileExistsError):
            os.mkdir(part, dir_fd=descriptor)
    following = _open_at(descriptor, part, _FOLDER, part)
    os.close(descriptor)
    return following


_REASONS = {
    errno.ENOENT: "does not exist",
    errno.ENOTDIR: "is no folder, or is a symbolic link, which is not followed",
    errno.ELOOP: "is a symbolic link, which is not followed",
    errno.EISDIR: "is a folder",
    errno.EACCES: "may not be opened",
    errno.ENXIO: "is not a regular file",
    errno.ENAMETOOLONG: "has too long a name",
}


def _open_at(folder: int, name: str, flags: int, shown: str) -> int:
    try:
        return os.open(name, flags, 0o644, dir_fd=folder)
    except OSError as error:
        if error.errno not in _REASONS:
            raise
        raise ToolRefused(f"{shown!r} {_REASONS[error.errno]}.") from error
