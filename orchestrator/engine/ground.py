"""Where the work of one project stands on this host: hub, mirror, vault and worktrees, below the data folder."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from agents.exceptions import AgentsError, GitError, WorktreeGone
from agents.preparing import Store, is_input
from agents.workspaces import source
from agents.workspaces.hub import Hub
from agents.workspaces.origin import LocalOrigin, Origin, RemoteOrigin
from agents.workspaces.remote import Remote
from agents.workspaces.sparse import Cone, Heard
from agents.workspaces.types import Conflict, FileChange, Person, Published, Refused, Snapshot
from agents.workspaces.vault import Vault
from agents.workspaces.worktrees import Mirror, Worktrees, unheard
from orchestrator.engine.fire import allows, fire
from orchestrator.engine.rows import WorkspaceRow
from orchestrator.engine.transitions import change
from orchestrator.failpoints import failpoint
from orchestrator.models import Dispatch, Line, RunStep, Workspace
from plans.models import Project

_LEFT_TO_SWEEP = (AgentsError, OSError)
_WORK = Person("work", "work")
"""Snapshots of work are ours alone and never published; what lands carries the person's name."""


@lru_cache(maxsize=4096)
def _changed_by(hub: Hub, oid: str) -> tuple[FileChange, ...]:
    return hub.changed_files(f"{oid}^", oid)


@lru_cache(maxsize=256)
def _inputs(hub: Hub, oid: str) -> dict[str, str]:
    return hub.blobs(oid, is_input)


@dataclass(frozen=True, slots=True)
class Ground:
    """One project's repositories. Cheap to make; `prepare` makes the folders."""

    project: Project
    hub: Hub
    vault: Vault
    worktrees: Worktrees

    @classmethod
    def of(cls, project: Project) -> Ground:
        home = Path(settings.DATA)
        hub = Hub(home / "hubs" / f"{project.pk}.git")
        mirror = Mirror(home / "mirrors" / f"{project.pk}.git", hub)
        vault = Vault(home / "vault" / f"{project.pk}.git")
        return cls(project, hub, vault, Worktrees(mirror, home / "worktrees" / str(project.pk)))

    @property
    def origin(self) -> Origin:
        """Where the project's people edit, and where its finished branches go. Raises AddressRefused."""
        if self.project.kind == "url":
            remote = Remote.at(self.project.location, self.hub, tuple(settings.GIT_HOSTS))
            return RemoteOrigin(remote, settings.FETCH_SECONDS)
        return LocalOrigin(Path(self.project.location), self.hub)

    @property
    def readable(self) -> tuple[Path, ...]:
        """What a jail may read beside its worktree: the mirror, so that git works there for those who only look."""
        return (self.worktrees.mirror.path,)

    @property
    def store(self) -> Store:
        """What setup made for this project on this host."""
        return Store(Path(settings.DATA) / "prepared" / str(self.project.pk))

    def inputs(self, oid: str) -> dict[str, str]:
        """Path to blob of the files of a commit on which the result of setup depends."""
        return _inputs(self.hub, oid)

    def prepare(self) -> None:
        """Make the repositories if they are missing."""
        self.hub.ensure()
        self.vault.ensure()
        self.worktrees.mirror.ensure()

    def fetch(self, branch: str) -> str:
        """Bring a branch of the person's repository into the hub; returns its commit."""
        self.prepare()
        return self.origin.fetch(branch)

    def checkout(self, oid: str, name: str, cone: Cone = (), heard: Heard = unheard) -> Path:
        """A new worktree of a commit, or of a part of it; its path was never used before."""
        return self.worktrees.add(oid, name, cone, heard)

    def discard(self, path: Path) -> None:
        """Remove a checkout that only checks ran in: its commit is kept, what the checks wrote is not."""
        with contextlib.suppress(*_LEFT_TO_SWEEP):
            self._keep_and_remove(path, "checks", "")

    def drop(self, path: Path) -> None:
        """Remove a checkout that only setup ran in. It is nobody's work, and what is worth keeping was taken out."""
        with contextlib.suppress(*_LEFT_TO_SWEEP):
            self.worktrees.drop(path)

    def swap(self, ref: str, new: str, old: str, standing: str) -> bool:
        """Move a line from `old` to `new` while the ref `standing` is at `new`, both or nothing; False when either
        has moved. A holder that was taken over in the middle of its push has lost its standing ref."""
        wish = f"verify {standing} {new}\nupdate {ref} {new} {old}\n"
        try:
            self.hub.git.run("update-ref", "--no-deref", "--stdin", stdin=wish.encode())
        except GitError:
            there = self.hub.ref(ref)
            if there == old and self.hub.ref(standing) == new:
                raise
            return there == new
        return True

    def snapshot(self, path: Path, dispatch: Dispatch, base: str = "") -> Snapshot:
        """The files of a dispatch's worktree as a commit on the dispatch's base (or another), kept on its own ref."""
        ref = f"refs/signalbox/runs/{dispatch.run_id}/work/{dispatch.step_id}/{dispatch.pk}"
        message = f"work on step {dispatch.step.key}, attempt {dispatch.attempt}"
        return self.worktrees.snapshot(
            path, message=message, base=base or dispatch.base_oid, ref=ref, person=_WORK, when=datetime.now(UTC)
        )

    def commit(self, tree: str, parent: str, message: str) -> str:
        """A commit in the person's name, as it will stand in their repository."""
        who = Person(self.project.author_name, self.project.author_email)
        return self.hub.commit(tree, (parent,), message, who, who, datetime.now().astimezone())

    def scratch(self, tree: str, parent: str) -> str:
        """A commit of ours alone, to have a checkout of a tree."""
        return self.hub.commit(tree, (parent,), "a tree to measure\n", _WORK, _WORK, datetime.now(UTC))

    def onto(self, base: str, work: str) -> str:
        """A commit with a step's work on a base that has moved since: what landed meanwhile stays. Where both changed
        the same lines, its files hold conflict markers."""
        if self.hub.is_ancestor(base, work):
            return work
        merged = self.hub.merge(base, work)
        return self.hub.commit(merged.tree, (base,), "work on a newer base\n", _WORK, _WORK, datetime.now(UTC))

    def head(self, line: Line) -> str:
        """Where a line stands. The hub is the truth of it, and a row that is behind catches up. A line that somebody
        set back keeps the head we know, so that nothing that has landed is left out; its next swap fails."""
        known: str = Line.objects.values_list("head_oid", flat=True).get(pk=line.pk)
        there = self.hub.ref(line.ref)
        if there in (known, None) or not self.hub.is_ancestor(known, there):
            return known
        Line.objects.filter(pk=line.pk, head_oid=known).update(head_oid=there)
        return there

    def changed(self, older: str, newer: str) -> tuple[FileChange, ...]:
        return self.hub.changed_files(older, newer)

    def changed_by(self, oid: str) -> tuple[FileChange, ...]:
        """What one commit changed. A commit never changes, so git is asked once."""
        return _changed_by(self.hub, oid)

    def has_line(self, oid: str, path: str, line: int) -> bool:
        """Whether a regular file of a commit has such a line (1-based)."""
        text = self.hub.read_blob(oid, path)
        return text is not None and 1 <= line <= len(text.splitlines())

    def publish(self, branch: str, oid: str, expected: str | None) -> Published | Refused:
        """Let a branch of the person's repository point to a commit of ours; never forced."""
        return self.origin.publish(branch, oid, expected)

    def retire(self, workspace: Workspace) -> None:
        """Save a worktree's state in the vault, then remove it. What fails now, or is done by somebody else in the
        same moment, is left to the sweep."""
        failpoint("before_retire")
        if workspace.path:
            try:
                saved = self._keep_and_remove(Path(workspace.path), f"run-{workspace.run_id}", workspace.base_oid)
            except _LEFT_TO_SWEEP:
                return
            if saved:
                Workspace.objects.filter(pk=workspace.pk).update(saved_oid=saved)
        with change(workspace.run_id) as unit:
            for event in ("saved", "removed"):
                if allows(unit.board, WorkspaceRow, workspace.pk, event):
                    fire(unit.board, WorkspaceRow, workspace.pk, event)
            unit.set(Workspace, workspace.pk, port=None)

    def retire_step(self, step: RunStep) -> None:
        """Retire every worktree of a step that has landed."""
        for workspace in Workspace.objects.filter(step=step, status__in=("live", "held", "preparing")):
            self.retire(workspace)

    def _keep_and_remove(self, path: Path, key: str, base: str) -> str:
        with contextlib.suppress(WorktreeGone):
            kept = self.worktrees.keep(path, self.vault, key, base or self.worktrees.head_of(path))
            failpoint("after_keep")
            self.worktrees.remove(path, self.vault, kept)
            failpoint("after_remove")
            return kept.oid
        return ""


__all__ = ["Conflict", "Ground", "Refused", "Snapshot", "source"]
