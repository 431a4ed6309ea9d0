from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agents.workspaces.hub import Hub
from agents.workspaces.types import Person, Snapshot
from agents.workspaces.vault import Vault
from agents.workspaces.worktrees import Mirror, Worktrees
from tests.repositories import git, repository

ADA = Person("Ada Lovelace", "ada@example.org")
WHEN = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass
class Place:
    """A person's repository and all of ours around it."""

    source: Path
    hub: Hub
    vault: Vault
    worktrees: Worktrees
    start: str

    def commit(self, files: dict[str, bytes | None], *, parent: str | None = None, message: str = "Change") -> str:
        """A commit in the hub that writes these files."""
        parent = parent or self.start
        tree = self.hub.with_files(self.hub.tree_of(parent), files)
        return self.hub.commit(tree, (parent,), message, ADA, ADA, WHEN)

    def snapshot(self, path: Path, base: str | None = None) -> Snapshot:
        return self.worktrees.snapshot(
            path, message="work", base=base or self.start, ref="refs/work/1", person=ADA, when=WHEN
        )


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return repository(tmp_path / "source", {"a.txt": "one\ntwo\nthree\n", "tool.sh": "#!/bin/sh\n"})


@pytest.fixture
def place(tmp_path: Path, source: Path) -> Place:
    hub = Hub(tmp_path / "data" / "hub.git").ensure()
    mirror = Mirror(tmp_path / "data" / "mirror.git", hub).ensure()
    vault = Vault(tmp_path / "data" / "vault.git").ensure()
    start = hub.fetch_source(source, "main")
    return Place(source, hub, vault, Worktrees(mirror, tmp_path / "data" / "worktrees"), start)


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves a mark when somebody runs it."""
    program = tmp_path / "trap"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\ncat\n")
    program.chmod(0o755)
    return program


PROGRAM_KEYS = """
core.fsmonitor core.sshCommand core.pager core.editor core.askPass core.alternateRefsCommand core.gitProxy
filter.x.clean filter.x.smudge filter.x.process diff.external diff.x.textconv diff.x.command
credential.helper gpg.program merge.x.driver uploadpack.packObjectsHook alias.status
"""
HOOKS = """
post-checkout pre-commit reference-transaction post-index-change pre-auto-gc fsmonitor-watchman
"""


def spring(source: Path, trap: Path) -> None:
    """Name the trap wherever a repository can name a program."""
    hooks = source / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for key, value in [("log.showSignature", "true"), ("commit.gpgSign", "true")]:
        git(source, "config", key, value)
    for name in HOOKS.split():
        (hooks / name).write_text(trap.read_text())
        (hooks / name).chmod(0o755)
    for key in PROGRAM_KEYS.split():
        git(source, "config", key, str(trap))
