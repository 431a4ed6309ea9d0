"""The vault: a second bare repository that no agent ever sees. Nothing is deleted before its state is here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agents.workspaces.git import Git
from agents.workspaces.objects import check_ref, compare_and_swap, create_bare, has_object, resolve, transfer
from agents.workspaces.types import Kept

CHAINS = "refs/vault/"
KEEPER = {f"GIT_{part}_{word}": "vault" for part in ("AUTHOR", "COMMITTER") for word in ("NAME", "EMAIL")}
RECORD = "%H%x00%T%x00%cI%x00%s"
HEAD_RECORD = "%(objectname)%00%(tree)%00%(committerdate:iso-strict)%00%(contents:subject)"
"""The same, in the words of for-each-ref."""


@dataclass(frozen=True, slots=True)
class Vault:
    """`path` is the bare repository. A key (one per run, say `run-12`) names a chain of states."""

    path: Path

    @property
    def git(self) -> Git:
        return Git(self.path, ours=True)

    def ensure(self) -> Vault:
        """Make the repository if it is missing."""
        create_bare(self.path)
        return self

    def keep(self, sender: Git, tree: str, key: str, base: str) -> Kept:
        """Append a tree that `sender` has to the chain `key`, tried again when another keeper was faster."""
        ref = CHAINS + check_ref(key)
        transfer(sender, self.git, tree)
        while True:
            tip = resolve(self.git, ref)
            oid = self._record(tree, tip, base)
            if compare_and_swap(self.git, ref, oid, tip):
                return self._kept(key, oid)

    def holds(self, kept: Kept) -> bool:
        """True if this state is in its chain."""
        tip = resolve(self.git, CHAINS + check_ref(kept.key))
        if tip is None or not has_object(self.git, kept.oid):
            return False
        return self.git.run("merge-base", "--is-ancestor", kept.oid, tip, accept=(0, 1)).code == 0

    def states(self) -> tuple[Kept, ...]:
        """All states, each chain from its newest on."""
        refs = self.git.run("for-each-ref", "--format=%(refname)", CHAINS).text.split("\n")
        return tuple(kept for ref in refs if ref for kept in self._chain(ref))

    def chain(self, key: str) -> tuple[Kept, ...]:
        """The states of one chain, newest first; none where there is no such chain."""
        ref = CHAINS + check_ref(key)
        return tuple(self._chain(ref)) if resolve(self.git, ref) else ()

    def newest(self) -> tuple[Kept, ...]:
        """The newest state of every chain, without walking any."""
        shown = self.git.run("for-each-ref", f"--format=%(refname)%00{HEAD_RECORD}", CHAINS).text.split("\n")
        found = [line.split("\0", 1) for line in shown if line]
        return tuple(_read(ref.removeprefix(CHAINS), record) for ref, record in found)

    def _chain(self, ref: str) -> list[Kept]:
        shown = self.git.run("log", f"--format={RECORD}", "--end-of-options", ref).text.split("\n")
        return [_read(ref.removeprefix(CHAINS), line) for line in shown if line]

    def _kept(self, key: str, oid: str) -> Kept:
        return _read(key, self.git.run("log", "-1", f"--format={RECORD}", oid).text)

    def _record(self, tree: str, tip: str | None, base: str) -> str:
        parent = ("-p", tip) if tip else ()
        stamp = f"{datetime.now(UTC).timestamp():.0f} +0000"
        dates = {"GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp}
        return self.git.run("commit-tree", *parent, tree, stdin=f"{base}\n".encode(), environment=KEEPER | dates).text


def _read(key: str, line: str) -> Kept:
    oid, tree, when, base = line.split("\0")
    return Kept(key, oid, tree, base, when)
