"""From files to a tree object, believing nothing but the files.

The worktree's own `.git`, index, attributes and filters may have been rewritten by whoever worked in it, so the
repository is pinned, the index is fresh (no bit in it can hide a change), and every file is hashed as it is.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from agents.exceptions import WorktreeGone
from agents.workspaces.git import Git
from agents.workspaces.sparse import Cone, pass_over

GITLINK = "160000"


@dataclass(frozen=True, slots=True)
class Traces:
    """Paths of what commands left: files and whole folders that git ignores, others that are new, changed files."""

    ignored: tuple[str, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]


def tree_of_files(
    repository: Git, folder: Path, base: str | None, left_out: tuple[str, ...] = (), cone: Cone = ()
) -> str:
    """The oid of `folder`'s tree, written into `repository`: files tracked in `base` (an oid) and new ones, without
    ignored ones and new ones at the paths `left_out`; what is outside of the `cone` and not there is as in
    `base`. A repository
    inside the folder is taken as plain files. Raises WorktreeGone."""
    if not folder.is_dir():
        raise WorktreeGone(f"The worktree {folder} is gone: restore its last state from the vault.")
    with tempfile.TemporaryDirectory(prefix="signalbox-index-") as scratch:
        git = replace(repository, work_tree=folder, index=Path(scratch, "index"))
        git.run("read-tree", *([base] if base else ["--empty"]))
        if cone:
            pass_over(git, cone)
        embedded = _stage(git, left_out)
        for name in embedded:
            _stage_embedded(repository, git, name)
        return git.run("write-tree").text


def traces(repository: Git, folder: Path, base: str) -> Traces:
    """What differs from the commit `base` in a folder."""
    with tempfile.TemporaryDirectory(prefix="signalbox-index-") as scratch:
        git = replace(repository, work_tree=folder, index=Path(scratch, "index"))
        git.run("read-tree", base)
        git.run("update-index", "-q", "--refresh", accept=(0, 1))
        return Traces(
            tuple(name.rstrip("/") for name in git.run(*_OTHERS, "--ignored").names),
            tuple(name.rstrip("/") for name in git.run(*_OTHERS, "--no-empty-directory").names),
            git.run("diff-files", "--name-only", "-z").names,
        )


_OTHERS = ("ls-files", "--others", "--exclude-standard", "--directory", "-z")


def _stage(git: Git, left_out: tuple[str, ...]) -> tuple[str, ...]:
    """Put every file into the index; returns the folders below that are repositories of their own."""
    untracked = git.run("ls-files", "--others", "--exclude-standard", "-z").names
    git.run("add", "--update")
    links = _gitlinks(git)
    if links:
        git.run("update-index", "--force-remove", "-z", "--stdin", stdin=_fields(links))
    files = tuple(name for name in untracked if not name.endswith("/") and name not in left_out)
    git.run("update-index", "--add", "--replace", "-z", "--stdin", stdin=_fields(files))
    return links + tuple(name[:-1] for name in untracked if name.endswith("/"))


def _stage_embedded(repository: Git, git: Git, name: str) -> None:
    assert git.work_tree
    if (git.work_tree / name).is_dir():
        tree = tree_of_files(repository, git.work_tree / name, None)
        git.run("read-tree", f"--prefix={name}/", tree)


def _gitlinks(git: Git) -> tuple[str, ...]:
    staged = (entry.split("\t", 1) for entry in git.run("ls-files", "--stage", "-z").names)
    return tuple(name for state, name in staged if state.startswith(GITLINK))


def _fields(names: tuple[str, ...]) -> bytes:
    return "".join(f"{name}\0" for name in names).encode(errors="surrogateescape")
