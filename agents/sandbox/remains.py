"""What a command writes to a layer of its own, held open from outside until it has been looked at."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from types import TracebackType

from agents.sandbox.environment import REPO
from agents.sandbox.types import Ground, Jail, Remains

EVERYTHING = 0
"""Since when: whatever was written."""


class Gate:
    """Holds a jail back until its layer is open here: a descriptor keeps that alive after the command's mounts are
    gone.

    `theirs` is the end that bubblewrap waits at, None where nothing has to be held."""

    def __init__(self, ground: Ground, *, wanted: bool) -> None:
        self._ground = ground
        self._top: int | None = None
        self._ends = os.pipe() if wanted and ground.top else ()

    def __enter__(self) -> Gate:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for descriptor in (*self._ends, *([self._top] if self._top is not None else [])):
            os.close(descriptor)

    @property
    def theirs(self) -> int | None:
        return self._ends[0] if self._ends else None

    def let_go(self, pid: int) -> None:
        """Open the layer in the mounts of process `pid`, then let its command begin. One that is gone already could not
        build its jail."""
        if not self._ends:
            return
        with contextlib.suppress(OSError):
            self._top = os.open(f"/proc/{pid}/root{self._ground.top}", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        for descriptor in self._ends:
            os.close(descriptor)
        self._ends = ()

    def remains(self, jail: Jail, since: int) -> Remains | None:
        """Where to look; None where reports were not wanted, or nothing was laid."""
        if jail.reports is None:
            return None
        if self._ground.top is None:
            tree = self._ground.tree or jail.worktree
            return Remains(tree, jail.reports, str(REPO), since)
        if self._top is None:
            return None
        top = Path(f"/proc/self/fd/{self._top}")
        return Remains(top / "written", top / "reports", str(REPO), EVERYTHING)
