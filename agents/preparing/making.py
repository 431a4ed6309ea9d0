"""Run setup commands in a checkout of their own, and keep what of their traces git ignores."""

from __future__ import annotations

import codecs
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from agents import sandbox
from agents.evidence.expectations import CANNOT_START
from agents.exceptions import SetupFailed, SetupStopped
from agents.preparing.store import Store
from agents.preparing.types import Made, Place, Recipe
from agents.redaction import redacted
from agents.sandbox import Finished, Jail
from agents.workspaces.staging import Traces

MOST_PLACES = 100
"""Each is a mount of every command, or a copy."""
MADE_ANEW = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"})
"""Folders that programs make again in passing: not worth a mount."""

Say = Callable[[str], None]


def make(
    recipe: Recipe,
    jail: Jail,
    store: Store,
    about: Made,
    traces: Callable[[], Traces],
    say: Say,
    cancelled: Callable[[], bool],
) -> Made:
    """Run the commands in their order and keep what they made as `about.key`. `say` gets what is told to a person,
    `traces` looks at what differs from the commit. Raises SetupFailed, SetupStopped."""
    started = time.monotonic()
    for command in recipe.commands:
        _run(command, jail, say, cancelled)
    found = traces()
    kept = _kept(found, recipe)
    for words in _told(kept, [path for path in (*found.new, *found.changed) if path not in recipe.copies.values()]):
        say(words)
    done = replace(about, at=datetime.now(UTC).isoformat(), seconds=round(time.monotonic() - started, 3))
    return store.put(done, lambda folder: tuple(_taken(jail.worktree, path, folder) for path in kept))


def _run(command: str, jail: Jail, say: Say, cancelled: Callable[[], bool]) -> None:
    say(f"$ {command}\n")
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    heard = lambda chunk: say(redacted(decoder.decode(chunk)))  # noqa: E731 - one line of a closure over the decoder
    finished = sandbox.run(("/bin/sh", "-c", command), jail, on_output=heard, cancelled=cancelled)
    if finished.cancelled:
        raise SetupStopped(f"It was stopped while `{command}` ran.")
    if finished.timed_out or finished.exit_code:
        raise SetupFailed(f"`{command}` {_ending(finished, jail)}.")


def _ending(finished: Finished, jail: Jail) -> str:
    if finished.timed_out == "total":
        return f"was stopped after {jail.total_seconds:.0f} s, its limit"
    if finished.timed_out == "idle":
        return f"was stopped after {jail.idle_seconds:.0f} s without output"
    cause = CANNOT_START.get(finished.exit_code or 0)
    return f"ended with exit {finished.exit_code}" + (f": a program {cause}" if cause else "")


def _kept(found: Traces, recipe: Recipe) -> list[str]:
    """What git ignores and is worth keeping; copies are made for each worktree. Raises SetupFailed."""
    passing = {*recipe.copies.values()}
    kept = [path for path in found.ignored if PurePosixPath(path).name not in MADE_ANEW and path not in passing]
    if len(kept) > MOST_PLACES:
        shown = ", ".join(kept[:3])
        raise SetupFailed(f"It makes {len(kept)} ignored files and folders ({shown}, …): make it fewer than 100.")
    return kept


def _told(kept: list[str], left: list[str]) -> list[str]:
    told = [f"Kept: {', '.join(kept) or 'nothing; git ignores none of what was made'}\n"]
    if left:
        more = f" and {len(left) - 10} more" if len(left) > 10 else ""
        told.append(f"Not kept, for git does not ignore them: {', '.join(left[:10])}{more}\n")
    return told


def _taken(tree: Path, path: str, folder: Path) -> Place:
    source, target = tree / path, folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    size = _size(source)
    # Both are below the data folder, and may be two file systems all the same.
    shutil.move(source, target)
    return Place(path, "link" if target.is_symlink() else "folder" if target.is_dir() else "file", size)


def _size(path: Path) -> int:
    if path.is_symlink() or not path.is_dir():
        return path.lstat().st_size
    inside = ((place, name) for place, _, names in os.walk(path) for name in names)
    return sum(Path(place, name).lstat().st_size for place, name in inside)


def about(key: str, oid: str, recipe: Recipe, inputs: Mapping[str, str]) -> Made:
    """What is known of a result before it is made."""
    return Made(key, Path(), oid, recipe.commands, inputs, (), "", 0.0)
