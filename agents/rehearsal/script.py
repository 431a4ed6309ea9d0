"""Rehearsal scripts: what the scripted model says and which tools it calls, in a folder of TOML files.

    [[scene]]                 # one attempt of one role on one step
    role = "builder"
    step = "3"
    attempt = 1               # attempts beyond the last scripted one play the last
    [[scene.turn]]            # one assistant message
    say = "Let me look at the table first."
    calls = [{ tool = "read_file", input = { path = "README.md" } }]

A script decides what is tried, never what comes of it: tools, diffs and checks are real.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agents.exceptions import ScriptUnreadable
from agents.rehearsal.faults import Fault
from agents.types import Role


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Call(_Strict):
    tool: str
    input: Mapping[str, Any] = Field(default_factory=dict)


class Turn(_Strict):
    """One assistant message. `stop_reason` None: tool_use where there are calls, else end_turn."""

    say: str = ""
    calls: tuple[Call, ...] = ()
    stop_reason: str | None = None
    fault: Fault | None = None


class Scene(_Strict):
    role: Role
    step: str
    attempt: int = Field(default=1, ge=1)
    turn: tuple[Turn, ...] = Field(min_length=1)

    def at(self, number: int) -> Turn:
        """The turn with this number from 0; beyond the last, the last."""
        return self.turn[min(number, len(self.turn) - 1)]


class Script(_Strict):
    scene: tuple[Scene, ...] = ()

    def find(self, role: str, step: str, attempt: int) -> Scene | None:
        """The scene of the latest scripted attempt up to this one; None if the step has no scene for the role."""
        fitting = [one for one in self.scene if (one.role, one.step) == (role, step) and one.attempt <= attempt]
        return max(fitting, key=lambda one: one.attempt, default=None)


def load(folder: Path) -> Script:
    """All scenes of the folder's TOML files; ScriptUnreadable says which file is wrong, and where."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise ScriptUnreadable(f"There is no rehearsal script in {folder}. Put a .toml file with scenes there.")
    return Script(scene=tuple(scene for file in files for scene in _scenes(file)))


def _scenes(file: Path) -> tuple[Scene, ...]:
    try:
        return Script.model_validate(tomllib.loads(file.read_text(encoding="utf-8"))).scene
    except (OSError, ValueError) as error:
        raise ScriptUnreadable(f"The rehearsal script {file.name} cannot be read: {error}") from error
