"""The values of the workspaces. Oids are 40 hex digits; paths are relative to the repository's top, with `/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Person:
    """Whose name stands in a commit."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Branch:
    name: str
    oid: str


@dataclass(frozen=True, slots=True)
class SourceState:
    """A person's repository as found. `branch` is None on a detached HEAD, `head` is None without a commit.

    `dirty` are tracked files with changes, staged or not; `unsupported` are sentences, one for each reason why no run
    may start from here (empty: a run may start).
    """

    top: Path
    branch: str | None
    head: str | None
    dirty: tuple[str, ...]
    staged: tuple[str, ...]
    untracked: tuple[str, ...]
    shallow: bool
    unsupported: tuple[str, ...]

    @property
    def unborn(self) -> bool:
        return self.head is None


@dataclass(frozen=True, slots=True)
class FileChange:
    """status: A added · M modified · D deleted · T type changed. Line counts are None for binary files."""

    path: str
    status: str
    added: int | None
    deleted: int | None


@dataclass(frozen=True, slots=True)
class Diff:
    """A unified diff; `truncated` where it was longer than asked for."""

    text: str
    truncated: bool


Numbered = tuple[int, str]
"""A line's number, from 1, and its text without its end."""


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What became of one file. kind: added · modified · deleted · renamed · mode · symlink · submodule.

    Modes are git's six digits, "" on the side where there is no file; blobs likewise. `size` is that of the new file in
    bytes (of the old one where it was deleted). `unread` where no lines are given: the file is no text, or larger than
    what is read. `cut` where a line was longer than what is kept of it. A link's lines are its target.
    """

    path: str
    kind: str
    old_path: str = ""
    old_mode: str = ""
    new_mode: str = ""
    old_blob: str = ""
    new_blob: str = ""
    size: int = 0
    unread: bool = False
    cut: bool = False
    added: tuple[Numbered, ...] = ()
    removed: tuple[Numbered, ...] = ()

    @property
    def before(self) -> str:
        """Its path in the older tree; "" where it was not there."""
        return "" if self.kind == "added" else self.old_path or self.path


@dataclass(frozen=True, slots=True)
class TreeDiff:
    """All that differs between two trees, line by line. `truncated` where it was more than was read."""

    files: tuple[FileDiff, ...] = ()
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    tree: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """`files` are the paths in conflict; in `tree` they hold conflict markers."""

    files: tuple[str, ...]
    tree: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A worktree's files as a tree, and the commit that keeps it. Nothing changed where `tree` is the base's."""

    tree: str
    commit: str


@dataclass(frozen=True, slots=True)
class Kept:
    """One state in the vault. `oid` is its commit there, `base` the commit it was worked out from, `when` ISO 8601."""

    key: str
    oid: str
    tree: str
    base: str
    when: str


@dataclass(frozen=True, slots=True)
class Published:
    oid: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a branch was not written, and the command that mends it."""

    reason: str
    mend: str
