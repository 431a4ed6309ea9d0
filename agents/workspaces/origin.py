"""Where a project's people edit and where its finished branches go: a folder on this host, or a repository at a URL."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agents.workspaces import source
from agents.workspaces.hub import Hub
from agents.workspaces.publish import publish
from agents.workspaces.remote import Remote
from agents.workspaces.types import Published, Refused


class Origin(Hashable, Protocol):
    """What the engine needs to know of either kind."""

    def fetch(self, branch: str) -> str:
        """Bring a branch into the hub and return its tip."""

    def tips(self) -> Mapping[str, str]:
        """Branch name to oid, as they stand there now."""

    def reading(self, branch: str) -> AbstractContextManager[Path]:
        """A folder with the plan files as people have them now: the working tree, else the branch's tip."""

    def version(self, branch: str, of_folder: Callable[[Path], str]) -> str:
        """A word that stays the same as long as `reading` shows the same: the tip's oid, or what `of_folder` says of
        the working tree."""

    def unseen(self) -> tuple[str, ...]:
        """Files that people have there and no commit holds."""

    def publish(self, branch: str, oid: str, expected: str | None) -> Published | Refused:
        """Let a branch there point to a commit of ours; never forced."""

    def deletion(self, branch: str) -> str:
        """The command that deletes a branch there."""


@dataclass(frozen=True, slots=True)
class LocalOrigin:
    """A working tree on this host."""

    path: Path
    hub: Hub

    def fetch(self, branch: str) -> str:
        return self.hub.fetch_source(self.path, branch)

    def tips(self) -> Mapping[str, str]:
        return {branch.name: branch.oid for branch in source.branches(self.path)}

    @contextmanager
    def reading(self, branch: str) -> Iterator[Path]:
        yield self.path

    def version(self, branch: str, of_folder: Callable[[Path], str]) -> str:
        return of_folder(self.path)

    def unseen(self) -> tuple[str, ...]:
        state = source.inspect(self.path)
        return (*state.dirty, *state.untracked)

    def publish(self, branch: str, oid: str, expected: str | None) -> Published | Refused:
        return publish(self.path, branch, oid, expected, self.hub)

    def deletion(self, branch: str) -> str:
        return shlex.join(["git", "-C", str(self.path), "branch", "-D", branch])


@dataclass(frozen=True, slots=True)
class RemoteOrigin:
    """A repository at a URL: there people edit on a branch, and its tip is what they have. It is not asked again
    within `fresh` seconds, so that a page of many parts asks once."""

    remote: Remote
    fresh: float = 0.0

    def fetch(self, branch: str) -> str:
        return self.remote.fetch(branch)

    def tips(self) -> Mapping[str, str]:
        return self.remote.tips()

    @contextmanager
    def reading(self, branch: str) -> Iterator[Path]:
        with self.remote.laid_out(self.remote.fetch(branch, self.fresh)) as folder:
            yield folder

    def version(self, branch: str, of_folder: Callable[[Path], str]) -> str:
        return self.remote.fetch(branch, self.fresh)

    def unseen(self) -> tuple[str, ...]:
        return ()

    def publish(self, branch: str, oid: str, expected: str | None) -> Published | Refused:
        return self.remote.publish(branch, oid, expected)

    def deletion(self, branch: str) -> str:
        return shlex.join(["git", "push", self.remote.address.url, "--delete", branch])
