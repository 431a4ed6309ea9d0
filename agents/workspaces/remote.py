"""A repository at a URL: its branches, its commits into the hub, and our branch back to it. Nothing is forced."""

from __future__ import annotations

import shlex
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from agents.exceptions import GitError, InvalidRef, NoSuchBranch, Unreachable
from agents.workspaces.addresses import Address, options, parse_address
from agents.workspaces.hub import REGULAR_FILES, Hub
from agents.workspaces.objects import check_ref, is_oid
from agents.workspaces.types import Published, Refused

HEADS = "refs/heads/"
PLAN_SUFFIXES = frozenset({".md", ".markdown", ".mdc", ".json", ".yaml", ".yml", ".txt"})
LARGEST_PLAN_BYTES = 20 * 1024**2


@dataclass(frozen=True, slots=True)
class Remote:
    """The repository at `address`, whose commits come into `hub`. `allowed` are private hosts that the operator
    permits (see `addresses.options`)."""

    address: Address
    hub: Hub
    allowed: Collection[str] = ()

    @classmethod
    def at(cls, url: str, hub: Hub, allowed: Collection[str] = ()) -> Remote:
        """Raises AddressRefused."""
        return cls(parse_address(url), hub, allowed)

    def default_branch(self) -> str | None:
        """The branch its HEAD names; None where it names none. Raises Unreachable, AddressRefused."""
        for line in self._ask("ls-remote", "--symref", "--", self.address.url, "HEAD").splitlines():
            if line.startswith(f"ref: {HEADS}"):
                return line.split("\t")[0].removeprefix(f"ref: {HEADS}")
        return None

    def tips(self) -> Mapping[str, str]:
        """Branch name to oid. Raises Unreachable, AddressRefused."""
        rows = [line.split("\t", 1) for line in self._ask("ls-remote", "--heads", "--", self.address.url).splitlines()]
        return {name.removeprefix(HEADS): oid for oid, name in rows if is_oid(oid)}

    def fetch(self, branch: str, max_age: float = 0.0) -> str:
        """Bring a branch into the hub and return its tip; not asked again within `max_age` seconds of the last time.

        Raises NoSuchBranch, Unreachable, AddressRefused."""
        kept = f"refs/source/{check_ref(branch)}"
        known = self.hub.ref(kept) if self._age() < max_age else None
        if known:
            return known
        try:
            self._ask("fetch", "--quiet", "--no-tags", "--force", "--", self.address.url, f"{HEADS}{branch}:{kept}")
        except Unreachable as error:
            if "couldn't find remote ref" in str(error):
                raise NoSuchBranch(
                    f"{self.address.url} has no branch {branch!r}: choose one of its branches."
                ) from None
            raise
        tip = self.hub.ref(kept)
        assert tip
        return tip

    def _age(self) -> float:
        try:
            return max(0.0, time.time() - (self.hub.path / "FETCH_HEAD").stat().st_mtime)
        except OSError:
            return float("inf")

    def publish(self, branch: str, oid: str, expected: str | None) -> Published | Refused:
        """Let `branch` there point to our `oid`, if it still stands at `expected` (None: if there is none yet).

        Raises Unreachable, AddressRefused."""
        try:
            check_ref(branch)
        except InvalidRef as error:
            return Refused(str(error), "Choose another branch name in the run's settings.")
        there = self.tips().get(branch)
        if there == oid:
            return Published(oid)
        if there != expected:
            return self._moved(branch, there)
        if expected and not self.hub.is_ancestor(expected, oid):
            return self._moved(branch, there)
        lease = f"--force-with-lease={HEADS}{branch}:{expected or ''}"
        try:
            self._ask("push", "--quiet", "--no-verify", lease, "--", self.address.url, f"{oid}:{HEADS}{branch}")
        except Unreachable as error:
            return Refused(str(error), f"To push it yourself: {self._by_hand(branch, oid)}")
        return Published(oid)

    def _moved(self, branch: str, there: str | None) -> Refused:
        url = shlex.quote(self.address.url)
        if there is None:
            return Refused(
                f"The branch {branch!r} that we published there was deleted.", "Start a run on a new branch."
            )
        mend = f"git push {url} {there}:refs/heads/{branch}-mine :refs/heads/{branch}"
        return Refused(f"The branch {branch!r} there has commits that are not ours ({there[:12]}).", mend)

    def _by_hand(self, branch: str, oid: str) -> str:
        where = ["git", "-C", str(self.hub.path), "push", self.address.url, f"{oid}:{HEADS}{branch}"]
        return shlex.join(where)

    def _ask(self, *arguments: str) -> str:
        """Run git against this address, pinned. Raises Unreachable with what git said."""
        pinned = options(self.address, self.allowed)
        try:
            return self.hub.git.run(*pinned, *arguments).text
        except GitError as error:
            raise Unreachable(f"{self.address.url} cannot be used: {_said(error.stderr)}") from error

    @contextmanager
    def laid_out(self, oid: str) -> Iterator[Path]:
        """A folder that holds the files of a commit which can be plans, for as long as the context lasts."""
        with tempfile.TemporaryDirectory(prefix="signalbox-plans-") as scratch:
            for path, content in self._plan_files(oid):
                target = Path(scratch, path)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            yield Path(scratch)

    def _plan_files(self, oid: str) -> Iterator[tuple[str, bytes]]:
        for entry in self.hub.git.run("ls-tree", "-r", "-z", "-l", "--full-tree", oid).names:
            state, path = entry.split("\t", 1)
            mode, _, blob, size = state.split()
            is_plan = PurePosixPath(path).suffix.lower() in PLAN_SUFFIXES and ".." not in PurePosixPath(path).parts
            if is_plan and mode in REGULAR_FILES and int(size) <= LARGEST_PLAN_BYTES:
                yield path, self.hub.git.run("cat-file", "blob", blob).out


def _said(stderr: str) -> str:
    """What git said, without its own prefixes and advice."""
    lines = [line for line in stderr.splitlines() if line.strip() and not line.startswith(("hint:", "warning:"))]
    text = " ".join(lines).removeprefix("fatal: ") or "it did not answer"
    if "could not read Username" in text or "Authentication failed" in text or "terminal prompts disabled" in text:
        return "it asks for a password, or is not there. A private one needs ssh, with a key of this user."
    return text if len(text) < 400 else f"{text[:400]} …"
