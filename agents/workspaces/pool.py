"""Worktrees made ahead of need, each at a commit that somebody will soon want. One is whole before it can be taken."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from agents.exceptions import WorktreeGone
from agents.workspaces.sparse import Cone
from agents.workspaces.worktrees import Worktrees

NAME = "warm"
WHOLE = "whole"
"""A file beside git's own record of a worktree, written when all files are there."""
LOCK = "warm.lock"


@dataclass(frozen=True, slots=True)
class Pool:
    """The worktrees of one project on this host that are nobody's yet. Who takes one records its path where no two can
    record the same: nothing is renamed, and no path is used twice."""

    worktrees: Worktrees

    def ready(self, oid: str) -> list[Path]:
        """Whole worktrees at this commit, taken ones among them, oldest first."""
        found = ((path, self._commit(path)) for path in self._folders())
        return [path for path, commit in found if commit == oid]

    def is_ready(self, path: Path, oid: str) -> bool:
        """Whether a worktree is whole at this commit, and is not about to be dropped."""
        return self._commit(path) == oid

    def fill(self, wanted: Mapping[str, Cone], taken: Callable[[], Collection[Path]]) -> list[Path]:
        """Have one worktree at each wanted commit, holding a part of it or all, that is not taken, and drop all others
        that are nobody's; returns the new ones. Does nothing while another process does so."""
        with self._alone() as alone:
            if not alone:
                return []
            here = taken()
            free = {path: self._commit(path) for path in self._folders() if path not in here}
            for path in (path for path, commit in free.items() if commit not in wanted):
                self._drop(path, taken)
            return [self._add(oid, cone) for oid, cone in wanted.items() if oid not in free.values()]

    def _folders(self) -> list[Path]:
        return sorted(self.worktrees.root.resolve().glob(f"{NAME}-*"), key=lambda path: path.stat().st_ctime_ns)

    def _commit(self, path: Path) -> str:
        """Empty for one that is not whole: whoever made it was killed, or is still at it."""
        try:
            return self.worktrees.head_of(path) if self.worktrees.record(path, WHOLE).exists() else ""
        except WorktreeGone:
            return ""

    def _add(self, oid: str, cone: Cone) -> Path:
        path = self.worktrees.add(oid, NAME, cone)
        self.worktrees.record(path, WHOLE).touch()
        return path

    def _drop(self, path: Path, taken: Callable[[], Collection[Path]]) -> None:
        """First it is no more ready, then looked up once more: who takes one does it the other way round, so one of the
        two sees the other."""
        with suppress(WorktreeGone):
            self.worktrees.record(path, WHOLE).unlink(missing_ok=True)
        if path not in taken():
            self.worktrees.drop(path)

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        with (self.worktrees.mirror.path / LOCK).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
