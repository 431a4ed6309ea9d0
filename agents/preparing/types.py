"""The values of preparing. Paths are relative to the worktree's top, with `/`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Recipe:
    """`[setup]` as a run has frozen it: `commands` make things, tools write to the `writable` ones, programs in the
    `path` folders come first, `copies` maps a file to the path of its copy."""

    commands: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Empty where nothing is asked for."""
        if not (self.commands or self.copies):
            return ""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Place:
    """Something that setup made and git ignores; a folder stands for all in it. `bytes` as its files count them."""

    path: str
    kind: Literal["folder", "file", "link"]
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """One kept result of setup; its places lie in `folder`. `oid` is the commit in whose checkout it was made, `at`
    when (ISO 8601), `seconds` how long it took; `inputs` maps each file of its key to its blob."""

    key: str
    folder: Path
    oid: str
    commands: tuple[str, ...]
    inputs: Mapping[str, str]
    places: tuple[Place, ...]
    at: str
    seconds: float

    @property
    def bytes(self) -> int:
        return sum(place.bytes for place in self.places)
