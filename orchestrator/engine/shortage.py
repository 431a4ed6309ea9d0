"""What this host lacks just now: space, processes, a lock that another git holds.

None of it is the fault of the work that ran into it: that goes back to the queue, counts as no failure, and nothing
new is taken before there is room again.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

FOLDERS = ("", "hubs", "mirrors", "vault", "worktrees", "prepared", "clones")
"""Below the data folder; each may be a file system of its own."""


@dataclass(frozen=True, slots=True)
class Sign:
    """By which errors one kind of shortage is known, and what a person is told."""

    kind: str
    numbers: frozenset[int]
    words: tuple[str, ...]
    sentence: str


_SIGNS = (
    Sign(
        "space",
        frozenset({errno.ENOSPC, errno.EDQUOT}),
        ("no space left on device", "disk quota exceeded", "disk is full"),
        "The disk is full. Make room: work goes on by itself.",
    ),
    Sign(
        "processes",
        frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE}),
        ("resource temporarily unavailable", "cannot allocate memory", "too many open files", "cannot fork"),
        "This host cannot start another process: memory, processes or open files are used up. Work goes on by itself.",
    ),
    Sign(
        "lock",
        frozenset(),
        (".lock': file exists", "could not lock config file"),
        "Another git process holds a lock. It is tried again.",
    ),
)
_VAGUE = ("disk i/o error", "unable to write", "failed to write", "write error", "write failure", "cannot copy")
"""What SQLite and git say of a full disk, and of other things."""
_LEAST_BYTES = 65_536
_met: tuple[float, str] = (float("-inf"), "")


def sign_of(error: BaseException | str) -> Sign | None:
    """Which shortage an error, or one it came from, tells of; None when it tells of none."""
    if isinstance(error, str):
        return next((sign for sign in _SIGNS if any(word in error.lower() for word in sign.words)), None)
    return next((sign for found in _causes(error) for sign in _SIGNS if _tells(found, sign)), None)


def met(error: BaseException | str) -> Sign | None:
    """The same, and this process takes nothing new for SHORTAGE_SECONDS: it would only meet it again."""
    global _met
    sign = sign_of(error)
    if sign:
        _met = (time.monotonic() + settings.SHORTAGE_SECONDS, sign.sentence)
    return sign


def lacking() -> str:
    """Why nothing new is to be taken here now, as a sentence; "" when nothing is in the way."""
    place, free = _narrowest()
    if free < _floor():
        return f"The disk of {place} is nearly full: {free / 1e6:.0f} MB left. Make room: work goes on by itself."
    until, sentence = _met
    return sentence if time.monotonic() < until else ""


def is_out_of_space() -> bool:
    """So little is left that work under way saves what it has and stops: a quarter of what new work asks for."""
    return _narrowest()[1] < _floor() // 4


def _floor() -> int:
    """Bytes that must be free for new work. Never none: a disk that is full to the brim takes no work either."""
    return max(settings.FREE_FLOOR_BYTES, 4 * _LEAST_BYTES)


def _narrowest() -> tuple[Path, int]:
    """The folder of the data with the least free bytes, and how many."""
    home = Path(settings.DATA)
    places = [home / name for name in FOLDERS if (home / name).is_dir()]
    return min(((place, _free(place)) for place in places), key=lambda found: found[1], default=(home, 0))


def _free(place: Path) -> int:
    state = os.statvfs(place)
    return state.f_bavail * state.f_frsize


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _tells(error: BaseException, sign: Sign) -> bool:
    if isinstance(error, OSError) and error.errno in sign.numbers:
        return True
    if sign_of(str(error)) is sign:
        return True
    return sign.kind == "space" and any(word in str(error).lower() for word in _VAGUE) and is_out_of_space()
