"""From the hub into the person's repository: a branch, never their working tree, index or HEAD; never by force."""

from __future__ import annotations

import shlex
from pathlib import Path

from agents.exceptions import GitError, InvalidRef
from agents.workspaces.git import Git
from agents.workspaces.hub import Hub
from agents.workspaces.objects import NO_OID, check_ref, resolve, transfer
from agents.workspaces.source import open_source
from agents.workspaces.types import Published, Refused


def publish(source: Path, branch: str, oid: str, expected: str | None, hub: Hub) -> Published | Refused:
    """Let `branch` of the repository at `source` point to our `oid`.

    `expected` is the commit we published there last, None if never; a branch that stands elsewhere, or is checked out
    in any worktree, is refused with the command that mends it. Raises NotARepository.
    """
    git = open_source(source)
    refusal = _refusal(git, branch, oid, expected, hub)
    if refusal is not None:
        return refusal
    transfer(hub.git, git, oid)
    return _move(git, branch, oid, expected)


def _refusal(git: Git, branch: str, oid: str, expected: str | None, hub: Hub) -> Refused | None:
    try:
        check_ref(branch)
    except InvalidRef as error:
        return Refused(str(error), "Choose another branch name in the run's settings.")
    if expected is not None and not hub.is_ancestor(expected, oid):
        return Refused(
            f"Our commits for {branch!r} do not follow the ones published before.",
            _command(git, "branch", "-m", branch, f"{branch}-before"),
        )
    return _checked_out(git, branch) or _moved_by_others(git, branch, oid, expected)


def _checked_out(git: Git, branch: str) -> Refused | None:
    place = ""
    for field in git.run("worktree", "list", "--porcelain", "-z").names:
        if field.startswith("worktree "):
            place = field.removeprefix("worktree ")
        elif field == f"branch refs/heads/{branch}":
            mend = f"git -C {shlex.quote(place)} switch --detach"
            return Refused(f"The branch {branch!r} is checked out in {place}.", mend)
    return None


def _moved_by_others(git: Git, branch: str, oid: str, expected: str | None) -> Refused | None:
    found = resolve(git, f"refs/heads/{branch}")
    if found in (oid, expected):
        return None
    kept = _command(git, "branch", "-m", branch, f"{branch}-mine")
    if found is None:
        again = _command(git, "branch", branch, str(expected))
        return Refused(f"The branch {branch!r} that we published was deleted.", again)
    return Refused(f"The branch {branch!r} has commits that are not ours ({found[:12]}).", kept)


def _move(git: Git, branch: str, oid: str, expected: str | None) -> Published | Refused:
    if resolve(git, f"refs/heads/{branch}") == oid:
        return Published(oid)
    try:
        git.run("update-ref", "--no-deref", f"refs/heads/{branch}", oid, expected or NO_OID)
    except GitError as error:
        moved = _moved_by_others(git, branch, oid, expected)
        return moved or Refused(f"git refused to write {branch!r}: {error.stderr}", _command(git, "branch", "--list"))
    return Published(oid)


def _command(git: Git, *arguments: str) -> str:
    return shlex.join(["git", "-C", str(git.work_tree), *arguments])
