"""A clone that is the person's: their repository as origin, their hooks, their identity. We write files into it while
they wait, and read what they made of them; HEAD, branches and the index are theirs alone."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from agents.exceptions import WorktreeGone
from agents.sandbox.scratch import remove_tree
from agents.workspaces.git import Git
from agents.workspaces.hub import Hub
from agents.workspaces.objects import check_ref, resolve, transfer
from agents.workspaces.staging import tree_of_files
from agents.workspaces.types import Person
from agents.workspaces.vault import Vault

EXECUTABLE = "100755"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person's clone holds: the commit it is at, and the tree of its files as they are, committed or not."""

    head: str
    tree: str


@dataclass(frozen=True, slots=True)
class PersonsClone:
    """A clone at `path`; `hub` is where its objects come from and where what the person made is taken to."""

    path: Path
    hub: Hub

    @property
    def git(self) -> Git:
        return Git(self.path / ".git", work_tree=self.path)

    def make(self, oid: str, branch: str, origin: str, person: Person) -> None:
        """Make the clone with `branch` checked out at `oid`; does nothing where it is there already."""
        if (self.path / ".git").is_dir():
            return
        building = self.path.with_name(f"{self.path.name}.new")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True, mode=0o700)
        bare = Git(building / ".git")
        bare.run("init", "--quiet", f"--initial-branch={check_ref(branch)}", "--", str(building))
        git = Git(building / ".git", work_tree=building)
        transfer(self.hub.git, git, oid)
        git.run("update-ref", f"refs/heads/{branch}", oid)
        for key, value in {"remote.origin.url": origin, "user.name": person.name, "user.email": person.email}.items():
            git.run("config", key, value)
        git.run("config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*")
        git.run("reset", "--quiet", "--hard", oid)
        building.rename(self.path)

    def look(self) -> Seen:
        """The clone as it is now; its objects are brought into the hub. Raises WorktreeGone."""
        if not (self.path / ".git").is_dir():
            raise WorktreeGone(f"The clone {self.path} is gone. What was handed over before is kept in the vault.")
        head = resolve(self.git, "HEAD") or ""
        tree = tree_of_files(self.git, self.path, head or None)
        transfer(self.git, self.hub.git, tree)
        if head:
            transfer(self.git, self.hub.git, head)
        return Seen(head, tree)

    def receive(self, before: str, after: str) -> None:
        """Let the clone's files follow the step from tree `before` to tree `after`; nothing else of it is touched."""
        transfer(self.hub.git, self.git, after)
        for change in self.hub.changed_files(before, after):
            target = self.path / change.path
            if any((self.path / parent).is_symlink() for parent in Path(change.path).parents):
                raise WorktreeGone(f"{target} passes a symbolic link; remove the link first.")
            if change.status == "D":
                target.unlink(missing_ok=True)
            else:
                self._write(target, after, change.path)

    def keep_refs(self, vault: Vault, key: str) -> None:
        """Bring all that the person's branches, tags and stash hold into the vault, below refs/clones/`key`/."""
        for line in self.git.run("for-each-ref", "--format=%(objectname) %(refname)").text.splitlines():
            oid, ref = line.split(" ", 1)
            if not ref.startswith("refs/remotes/"):
                transfer(self.git, vault.git, oid)
                vault.git.run("update-ref", f"refs/clones/{key}/{check_ref(ref).removeprefix('refs/')}", oid)

    def remove(self) -> None:
        """Delete the folder; whoever calls has kept what is in it."""
        remove_tree(self.path)

    def _write(self, target: Path, tree: str, path: str) -> None:
        mode, oid = self.hub.entry(tree, path) or ("", "")
        content = self.hub.git.run("cat-file", "blob", oid).out
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        if mode == "120000":
            target.symlink_to(os.fsdecode(content))
            return
        target.write_bytes(content)
        target.chmod(0o755 if mode == EXECUTABLE else 0o644)
