"""What the registry holds: definitions, and what is wrong with the files they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from agents.types import Role

Level = Literal["error", "warning", "note"]
_STANDING = Path(__file__).parent.parent / "definitions" / "standing" / "orders.md"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a reader should know of a file of the repository; `line` is 1-based."""

    path: str
    line: int
    level: Level
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.level}[{self.code}]: {self.message}"


@dataclass(frozen=True, slots=True)
class AgentDefinition:
    """Who works, with which model, tools and orders.

    `model` is a model's id, "" where the definition leaves it to its role. `tools` are names from `agents.tools.TOOLS`
    and `ask_person`. `path` is the file in the repository, "" for a built-in one; `others` are the fields that are
    kept and shown but mean nothing here.
    """

    name: str
    role: Role
    description: str
    model: str
    tools: tuple[str, ...]
    body: str
    path: str = ""
    line: int = 1
    others: Mapping[str, str] = field(default_factory=dict)

    @property
    def system(self) -> str:
        """The system prompt: its own orders, then those that stand for every agent."""
        return f"{self.body}\n\n{_standing()}"

    @property
    def origin(self) -> str:
        """`path:line`, or "built-in"."""
        return f"{self.path}:{self.line}" if self.path else "built-in"


@cache
def _standing() -> str:
    return _STANDING.read_text(encoding="utf-8").strip()
