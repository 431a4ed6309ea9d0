"""Folders in which agents work. They hang on a mirror of the hub, one mirror per host."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from agents.exceptions import NotKept, WorktreeGone
from agents.sandbox.scratch import remove_tree
from agents.workspaces.git import Git
from agents.workspaces.hub import Hub
from agents.workspaces.objects import check_ref, create_bare, transfer
from agents.workspaces.sparse import Cone, Heard, show
from agents.workspaces.staging import Traces, traces, tree_of_files
from agents.workspaces.types import Kept, Person, Snapshot
from agents.workspaces.vault import Vault

PRIVATE = 0o700
LEFT_OUT = "left-out"
CONE = "cone"


def unheard(_there: int, _all: int) -> None:
    """For who does not wait for it."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """This host's copy of the hub's objects; agents may read it, the sandbox lets nobody write it."""

    path: Path
    hub: Hub

    @property
    def git(self) -> Git:
        return Git(self.path, ours=True)

    def ensure(self) -> Mirror:
        """Make the repository if it is missing."""
        create_bare(self.path)
        return self

    def receive(self, oid: str) -> None:
        """Have `oid` and its history here."""
        transfer(self.hub.git, self.git, oid)


@dataclass(frozen=True, slots=True)
class Worktrees:
    """All worktrees of one project on this host, below `root`, which only we can enter."""

    mirror: Mirror
    root: Path
    progress_seconds: int = 1
    """After which whoever waits for a worktree is told how far it is."""

    def add(self, oid: str, name: str, cone: Cone = (), heard: Heard = unheard) -> Path:
        """A new folder with the files of commit `oid`, or a part of them, HEAD detached there. A path is never used
        twice. `heard` is told how far it is where it takes long."""
        self.mirror.receive(oid)
        path = self._new_path(name)
        self.mirror.git.run("worktree", "add", "--quiet", "--detach", "--no-checkout", "--", str(path), oid)
        self._show(path, cone, heard)
        return path

    def show(self, path: Path, cone: Cone, heard: Heard = unheard) -> None:
        """Let an unchanged worktree hold this part of its commit, whatever it held. Raises WorktreeGone."""
        if cone != self.cone(path):
            self._show(path, cone, heard)

    def _show(self, path: Path, cone: Cone, heard: Heard) -> None:
        self._record_names(path, CONE, cone)
        show(Git(self._require_admin(path), work_tree=path), cone, heard, self.progress_seconds)

    def cone(self, path: Path) -> Cone:
        """Which folders a worktree holds; empty for all of them. Raises WorktreeGone."""
        return self._recorded_names(path, CONE)

    def head_of(self, path: Path) -> str:
        """The commit a worktree was made at. Raises WorktreeGone."""
        return (self._require_admin(path) / "HEAD").read_text().strip()

    def record(self, path: Path, name: str) -> Path:
        """A file of ours about a worktree, where nobody who works in it can write. Raises WorktreeGone."""
        return self._require_admin(path) / name

    def leave_out(self, path: Path, names: tuple[str, ...]) -> None:
        """Let new files at these paths never be part of the work done here."""
        self._record_names(path, LEFT_OUT, names)

    def traces(self, path: Path) -> Traces:
        """What differs from the commit that the worktree was made at. Raises WorktreeGone."""
        return traces(self.mirror.git, path, self.head_of(path))

    def tree_state(self, path: Path, base: str | None = None) -> str:
        """The oid of the tree that the folder's files make now, without ignored ones. `base` is the commit whose
        files count as tracked, by default the one the worktree was made at. Raises WorktreeGone."""
        return self._tree(path, base or self.head_of(path))

    def work_state(self, path: Path, base: str) -> str:
        """The same without what was only put there to work with."""
        return self._tree(path, base, self._recorded_names(path, LEFT_OUT))

    def snapshot(self, path: Path, *, message: str, base: str, ref: str, person: Person, when: datetime) -> Snapshot:
        """Store the folder's files as a commit on `base` in the hub, on `ref`; raises WorktreeGone."""
        check_ref(ref)
        tree = self.work_state(path, base)
        hub = self.mirror.hub
        transfer(self.mirror.git, hub.git, tree)
        commit = hub.commit(tree, (base,), message, person, person, when)
        hub.set_ref(ref, commit)
        return Snapshot(tree, commit)

    def keep(self, path: Path, vault: Vault, key: str, base: str) -> Kept:
        """Store the folder's files in the vault's chain `key`; raises WorktreeGone."""
        tree = self.tree_state(path, base)
        return vault.keep(self.mirror.git, tree, key, base)

    def remove(self, path: Path, vault: Vault, kept: Kept) -> None:
        """Delete a worktree whose files are, now, exactly what the vault keeps; raises NotKept. One that was deleted
        by hand is only forgotten."""
        if path.is_dir() and not (vault.holds(kept) and self.tree_state(path, kept.base) == kept.tree):
            raise NotKept(f"{path} differs from what the vault holds: keep its state first, then remove it.")
        self.drop(path)

    def drop(self, path: Path) -> None:
        """Delete a worktree as it is; whoever calls knows that nothing in it is anybody's work."""
        admin = self._admin(path)
        if path.is_dir():
            remove_tree(path)
        if admin is not None:
            shutil.rmtree(admin, ignore_errors=True)

    def restore(self, vault: Vault, kept: Kept, name: str) -> Path:
        """A new worktree at `kept.base` whose files are what the vault keeps."""
        path = self.add(kept.base, name)
        transfer(vault.git, self.mirror.git, kept.tree)
        inside = Git(self._require_admin(path), work_tree=path)
        inside.run("read-tree", "-m", "-u", kept.base, kept.tree)
        inside.run("read-tree", kept.base)
        return path

    def _tree(self, path: Path, base: str, left_out: tuple[str, ...] = ()) -> str:
        return tree_of_files(self.mirror.git, path, base, left_out, self.cone(path))

    def _record_names(self, path: Path, name: str, values: tuple[str, ...]) -> None:
        self.record(path, name).write_bytes(os.fsencode("\0".join(values)))

    def _recorded_names(self, path: Path, name: str) -> tuple[str, ...]:
        record = self.record(path, name)
        words = os.fsdecode(record.read_bytes()) if record.exists() else ""
        return tuple(words.split("\0")) if words else ()

    def _new_path(self, name: str) -> Path:
        self.root.mkdir(parents=True, exist_ok=True, mode=PRIVATE)
        self.root.chmod(PRIVATE)
        word = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:60] or "worktree"
        return self.root.resolve() / f"{word}-{secrets.token_hex(4)}"

    def _require_admin(self, path: Path) -> Path:
        admin = self._admin(path)
        if admin is None:
            raise WorktreeGone(f"{path} is no worktree of this project: restore its last state from the vault.")
        return admin

    def _admin(self, path: Path) -> Path | None:
        """git's own folder about the worktree, found from the mirror's side: the tree's `.git` may lie."""
        wanted = str(path / ".git")
        records = (self.mirror.path / "worktrees").glob("*/gitdir")
        return next((record.parent for record in records if record.read_text().strip() == wanted), None)
