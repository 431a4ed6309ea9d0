"""Kept results of setup, by key, below one folder that only we can enter. A result is whole or is not there."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from agents.exceptions import SetupStopped
from agents.preparing.types import Made, Place
from agents.sandbox.scratch import remove_tree

ABOUT = "made.json"
TREE = "tree"
LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Store:
    """All results of one project on this host."""

    root: Path

    def find(self, key: str) -> Made | None:
        """The result of this key, marked as used now; None where there is none."""
        made = self._read(self.root / key)
        if made is not None:
            os.utime(self.root / key)
        return made

    def all(self) -> list[tuple[Made, float]]:
        """Each result with the second of its last use, the one used last first."""
        folders = [entry for entry in self.root.iterdir() if entry.is_dir()] if self.root.is_dir() else []
        found = [(made, entry.stat().st_mtime) for entry in folders if (made := self._read(entry)) is not None]
        return sorted(found, key=lambda pair: -pair[1])

    @contextmanager
    def claim(self, key: str, owner: str, waiting: Callable[[str], bool]) -> Iterator[None]:
        """Be the only one that makes this key. While another one is, `waiting` is told again and again who, and says
        whether to give up, which raises SetupStopped. The kernel frees what a killed owner held."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.root / f"{key}.lock").open("a+") as file:
            while not _locked(file.fileno()):
                file.seek(0)
                if waiting(file.read()):
                    raise SetupStopped("It was stopped while it waited for another setup of the same files.")
                time.sleep(LOOK_SECONDS)
            file.truncate(0)
            file.write(owner)
            file.flush()
            yield

    def is_claimed(self, beginning: str) -> bool:
        """Whether somebody makes a key that begins so."""
        for path in self.root.glob(f"{beginning}*.lock"):
            with path.open("a+") as file:
                if not _locked(file.fileno()):
                    return True
        return False

    def put(self, made: Made, take: Callable[[Path], tuple[Place, ...]]) -> Made:
        """Keep what `take` moves into the folder that it is given. Called by the key's owner."""
        self._clear(made.key)
        building = self.root / f".{made.key}.{secrets.token_hex(4)}"
        (building / TREE).mkdir(parents=True)
        about = asdict(made) | {"places": [asdict(place) for place in take(building / TREE)]}
        del about["folder"]
        (building / ABOUT).write_text(json.dumps(about))
        # The name says that all of it is there: after a power cut, too.
        os.sync()
        building.rename(self.root / made.key)
        kept = self.find(made.key)
        assert kept is not None
        return kept

    def remove(self, key: str) -> None:
        """Delete a result; whoever calls has seen that nobody uses it."""
        gone = self.root / f".{key}.{secrets.token_hex(4)}"
        (self.root / key).rename(gone)
        remove_tree(gone)

    def _clear(self, key: str) -> None:
        """What a killed owner left."""
        for left in self.root.glob(f".{key}.*"):
            remove_tree(left)
        if (self.root / key).is_dir():
            shutil.rmtree(self.root / key)

    def _read(self, folder: Path) -> Made | None:
        try:
            about = json.loads((folder / ABOUT).read_text())
        except (OSError, ValueError):
            return None
        about["places"] = tuple(Place(**place) for place in about["places"])
        about["commands"] = tuple(about["commands"])
        return Made(folder=folder / TREE, **about)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
