"""Files below a folder that others write: no way out of it by `..`, an absolute path or a link."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from agents.exceptions import PlanOutsideRepository

DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
REGULAR = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
LARGEST_BYTES = 64 * 1024**2


def read_confined(root: Path, relative: str) -> bytes:
    """The regular file at `relative` below `root`; raises PlanOutsideRepository for everything that is not one and
    FileNotFoundError where nothing is."""
    parts = _parts(relative)
    directory = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in parts[:-1]:
            below = _open(part, DIRECTORY, directory, relative)
            os.close(directory)
            directory = below
        return _content(_open(parts[-1], REGULAR, directory, relative), relative)
    finally:
        os.close(directory)


def _parts(relative: str) -> tuple[str, ...]:
    path = PurePosixPath(relative)
    if not path.parts or path.is_absolute() or ".." in path.parts or "\0" in relative:
        raise PlanOutsideRepository(f"{relative!r} is not inside the repository: give a path relative to its top.")
    return path.parts


def _open(part: str, flags: int, directory: int, relative: str) -> int:
    try:
        return os.open(part, flags, dir_fd=directory)
    except FileNotFoundError:
        raise FileNotFoundError(relative) from None
    except OSError as error:
        raise PlanOutsideRepository(
            f"{relative!r} cannot be read as a file of the repository ({error.strerror}): links are not followed."
        ) from error


def _content(descriptor: int, relative: str) -> bytes:
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise PlanOutsideRepository(f"{relative!r} is no regular file: choose a file of the repository.")
    with os.fdopen(descriptor, "rb") as file:
        if state.st_size > LARGEST_BYTES:
            raise PlanOutsideRepository(f"{relative!r} is larger than {LARGEST_BYTES} bytes: choose a smaller file.")
        return file.read(LARGEST_BYTES + 1)
