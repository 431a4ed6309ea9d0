"""A worktree that holds a part of a large repository: chosen folders, what lies beside the way to them, no more.

What is outside of the part and not there counts as unchanged; whatever somebody puts there counts like any other file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from agents.workspaces.git import Git

Cone = tuple[str, ...]
"""Folders from the top, as "services/api"; empty for the whole repository."""

PATTERNS = "info/sparse-checkout"
_PROGRESS = re.compile(r"Updating files: +\d+% \((\d+)/(\d+)\)")
_APPLIED = ("-c", "core.sparseCheckout=true", "-c", "core.sparseCheckoutCone=true")


def cone_of(folders: Iterable[str]) -> Cone:
    """These folders without those that lie in another, in order; the whole where the top is among them. Left out are
    names that lead out of the repository, and those with a line break, which have no pattern."""
    names = {str(PurePosixPath(name)) for name in folders if "\n" not in name}
    names -= {name for name in names if name.startswith("/") or ".." in name.split("/")}
    if "." in names:
        return ()
    return tuple(sorted(name for name in names if not names & _above(name)))


def folders_of(files: Iterable[str]) -> set[str]:
    """The folders that files lie in; what lies at the top is always there."""
    return {str(PurePosixPath(name).parent) for name in files} - {"."}


Heard = Callable[[int, int], None]
"""(files that are there, all files)"""


def show(inside: Git, cone: Cone, heard: Heard, delay: int) -> None:
    """Let a worktree, given as git's own folder about it and its files, hold this part of its commit; `heard` is told
    how far it is, where it takes longer than `delay` seconds."""
    patterns = inside.git_dir / PATTERNS
    patterns.parent.mkdir(exist_ok=True)
    patterns.write_bytes(os.fsencode("".join(f"{line}\n" for line in _patterns(cone))))
    progress = partial(_told, heard)
    inside.run_telling(progress, *_APPLIED, "read-tree", "-v", "-m", "-u", "HEAD", delay=delay)


def _told(heard: Heard, line: str) -> None:
    if found := _PROGRESS.match(line):
        heard(int(found[1]), int(found[2]))


def pass_over(git: Git, cone: Cone) -> None:
    """Let the index, just read from a commit, pass over what is outside of the part and not among the files."""
    assert git.work_tree
    outside = _outside(git.run("ls-files", "-z").names, cone)
    absent = _absent(git.work_tree, outside)
    git.run("update-index", "--skip-worktree", "-z", "--stdin", stdin=os.fsencode("".join(f"{n}\0" for n in absent)))


def _patterns(cone: Cone) -> Iterator[str]:
    """git's cone: the files of each folder on the way, then all of the wanted ones."""
    if not cone:
        yield "/*"
        return
    yield from ("/*", "!/*/")
    ways = {above for folder in cone for above in _above(folder)} - {"."}
    for way in sorted(ways):
        yield from (f"/{_escaped(way)}/", f"!/{_escaped(way)}/*/")
    yield from (f"/{_escaped(folder)}/" for folder in sorted(cone))


def _above(folder: str) -> set[str]:
    return {str(above) for above in PurePosixPath(folder).parents}


def _escaped(folder: str) -> str:
    return re.sub(r"([*?\[\\])", r"\\\1", folder)


def _outside(names: Iterable[str], cone: Cone) -> Iterator[str]:
    wanted = tuple(f"{folder}/" for folder in cone)
    beside = {above for folder in cone for above in _above(folder)}
    return (
        name for name in names
        if not name.startswith(wanted) and (name.rpartition("/")[0] or ".") not in beside
    )  # fmt: skip


def _absent(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """Those that are not there; a folder that is not there is looked for once."""
    there: dict[str, bool] = {"": True}
    for name in names:
        above = name.rpartition("/")[0]
        if above not in there:
            there[above] = os.path.lexists(folder / above)
        if not there[above] or not os.path.lexists(folder / name):
            yield name
