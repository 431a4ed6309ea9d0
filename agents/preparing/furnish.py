"""Put into a fresh worktree what setup made: as empty folders over which jails mount it, or as copies."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from agents.configuration.matching import path_fits
from agents.exceptions import PlanOutsideRepository, ToolRefused
from agents.preparing.types import Made, Place, Recipe
from agents.sandbox import Mount
from agents.sandbox.scratch import special_files
from agents.tools.paths import open_folder, parts_below, write_bytes
from agents.workspaces.confined import read_confined

FICLONE = 0x40049409
"""linux/fs.h: let one file share another's blocks until either is written."""


def furnish(tree: Path, made: Made, recipe: Recipe, *, mounted: bool, say: Callable[[str], None]) -> tuple[Mount, ...]:
    """Let a worktree that nobody works in yet have each place that was made; returns what its jails have to mount.

    Folders are mounted where `mounted` says that jails can, but for those that tools write to. Nothing is ever linked:
    an edit in one worktree would be one in all. What the commit itself has is left as it is, and said."""
    mounts = []
    for place in made.places:
        mount = mounted and place.kind == "folder" and not _is_written(place, recipe)
        if not _put(tree, made.folder / place.path, place, empty=mount):
            say(f"{place.path} was made by setup and is not shown: the commit has something there.")
        elif mount:
            mounts.append(Mount(made.folder / place.path, place.path))
    return tuple(mounts)


def programs(recipe: Recipe, mounts: tuple[Mount, ...]) -> tuple[str, ...]:
    """The recipe's folders of programs that are mounted, so that nobody who works in the tree can put one there."""
    shown = [mount.path for mount in mounts]
    wanted = (folder.strip("/") for folder in recipe.path)
    return tuple(folder for folder in wanted if any(f"{folder}/".startswith(f"{path}/") for path in shown))


def copy_files(tree: Path, recipe: Recipe, say: Callable[[str], None]) -> tuple[str, ...]:
    """Copy the files that the recipe names, and return the paths of the copies. What is there already stays."""
    done = []
    for source, target in recipe.copies.items():
        try:
            target = "/".join(parts_below(target))
            if os.path.lexists(tree / target):
                say(f"{target} was not copied: the commit has it already.")
                continue
            write_bytes(tree, target, read_confined(tree, source))
        except FileNotFoundError:
            say(f"{source} was not copied to {target}: the commit has no such file.")
        except (PlanOutsideRepository, ToolRefused) as error:
            say(f"{source} was not copied to {target}: {error}")
        else:
            done.append(target)
    return tuple(done)


def _is_written(place: Place, recipe: Recipe) -> bool:
    """Whether tools write to it, or to something in it."""
    return any(path_fits(place.path, glob) or glob.startswith(f"{place.path}/") for glob in recipe.writable)


def _put(tree: Path, source: Path, place: Place, *, empty: bool) -> bool:
    """False where the tree has something at the place, or a link on the way to it."""
    *folders, name = parts_below(place.path)
    try:
        with open_folder(tree, tuple(folders), create=True):
            target = tree.joinpath(*folders, name)
            if os.path.lexists(target):
                return False
            _fill(source, target, place, empty)
    except ToolRefused:
        return False
    return True


def _fill(source: Path, target: Path, place: Place, empty: bool) -> None:
    if empty:
        target.mkdir()
    elif place.kind == "folder":
        shutil.copytree(source, target, symlinks=True, copy_function=_clone, ignore=special_files)
    elif place.kind == "link":
        target.symlink_to(source.readlink())
    else:
        _clone(source, target)


def _clone(source: str | Path, target: str | Path) -> None:
    """A copy that shares its blocks where the file system can."""
    with Path(source).open("rb") as theirs, Path(target).open("wb") as ours:
        try:
            fcntl.ioctl(ours.fileno(), FICLONE, theirs.fileno())
        except OSError:
            shutil.copyfileobj(theirs, ours)
    shutil.copystat(source, target)
