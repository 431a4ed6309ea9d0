"""Caps on one command: prlimit's words for each process, and a cgroup for all of them where the kernel lets us."""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from agents.sandbox.types import Caps

MOUNT = Path("/sys/fs/cgroup")
PREFIX = "signalbox-"
REMOVAL_SECONDS = 1.0
NAMES = {"pids": ("pids.max", "pids.events", "max"), "memory": ("memory.max", "memory.events", "oom_kill")}
"""Controller: the file of its cap, the file that counts, and the word that counts commands which met it."""


def prlimit(caps: Caps) -> list[str]:
    """What stands before a command so that each of its processes is held."""
    return [
        "prlimit", "--core=0", f"--nproc={caps.processes}", f"--nofile={caps.open_files}",
        f"--data={caps.memory_bytes}", f"--fsize={caps.file_bytes}", f"--cpu={caps.cpu_seconds}", "--",
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """The cgroup of one command: controller to its folder. Empty where there are none."""

    folders: dict[str, Path]

    @property
    def doors(self) -> tuple[Path, ...]:
        """Files into which a process writes its id to come in."""
        return tuple(dict.fromkeys(folder / "cgroup.procs" for folder in self.folders.values()))

    def starved(self) -> str:
        """The controller whose cap was met, "" for none."""
        for controller, folder in self.folders.items():
            _, file, word = NAMES[controller]
            counts = dict(line.split() for line in (folder / file).read_text().splitlines())
            if int(counts.get(word, 0)):
                return controller
        return ""


@contextmanager
def group(caps: Caps) -> Iterator[Group]:
    """A new cgroup with these caps, removed on leaving; an empty one where no controller is ours to use."""
    name = f"{PREFIX}{secrets.token_hex(6)}"
    folders = {controller: parent / name for controller, parent in parents().items()}
    values = {"pids": caps.processes, "memory": caps.memory_bytes}
    try:
        for controller, folder in folders.items():
            folder.mkdir(exist_ok=True)
            (folder / NAMES[controller][0]).write_text(str(values[controller]))
        yield Group(folders)
    finally:
        for folder in dict.fromkeys(folders.values()):
            _remove(folder)


def _remove(folder: Path) -> None:
    """The kernel lets a group go a moment after its last process."""
    end = time.monotonic() + REMOVAL_SECONDS
    while folder.is_dir() and time.monotonic() < end:
        with contextlib.suppress(OSError):
            folder.rmdir()
            return
        time.sleep(0.002)


@cache
def parents() -> dict[str, Path]:
    """Controller to the folder in which groups of ours can be made; tried once, by making one."""
    own = dict(line.split(":", 2)[1:] for line in Path("/proc/self/cgroup").read_text().splitlines())
    found = {}
    for controller, (cap, _, _) in NAMES.items():
        for parent in _candidates(controller, own):
            if _works(parent, cap):
                found[controller] = parent
                break
    return found


def _candidates(controller: str, own: dict[str, str]) -> Iterator[Path]:
    """In the unified hierarchy below our own group, else in the old one of the controller, at its top. The old memory
    controller is left to others: it cannot be handed on to us safely."""
    for top in (MOUNT, MOUNT / "unified"):
        if "" in own and (top / "cgroup.controllers").is_file():
            yield top / own[""].lstrip("/")
    if controller == "pids" and own.get("pids") == "/":
        yield MOUNT / "pids"


def _works(parent: Path, cap: str) -> bool:
    trial = parent / f"{PREFIX}{secrets.token_hex(6)}"
    try:
        trial.mkdir()
    except OSError:
        return False
    try:
        (trial / cap).write_text("1000000")
    except OSError:
        return False
    else:
        return True
    finally:
        _remove(trial)
