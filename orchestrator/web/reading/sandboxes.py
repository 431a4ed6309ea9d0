"""What holds an agent's or a check's commands, in words: of this host, or as kept with a dispatch or candidate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TREES = {
    "mount": "Who only looks works on a layer in memory that is thrown away.",
    "bubblewrap": "Who only looks works on bubblewrap's own layer, which is thrown away.",
    "copy": "No layer can be laid over a folder here: who only looks works on a copy, made for each command.",
}
_NAMES = {
    "bubblewrap": "in a sandbox of {version}",
    "landlock": "with files alone held, by Landlock (ABI {landlock}); the network and other processes are in reach",
    "none": "without a sandbox",
}


def told(held: Mapping[str, Any]) -> list[str]:
    """Sentences about what is in force besides bubblewrap itself."""
    groups = " and ".join(held["cgroups"])
    caps = f"prlimit and a cgroup ({groups}) cap each command." if groups else "prlimit caps each process; no cgroup."
    landlock = f"Landlock (ABI {held['landlock']}) stands by." if held["landlock"] else "The kernel has no Landlock."
    return [_TREES[held["overlay"]], caps, landlock]


def named(held: Mapping[str, Any]) -> str:
    """How the commands of a dispatch or candidate ran, as the end of a sentence; "" where it is not known."""
    return _NAMES[held["kind"]].format(**held) if held else ""
