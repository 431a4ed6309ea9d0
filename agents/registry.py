"""Agent definitions: who does which role, with which model and tools, and with which standing orders.

A definition is a Markdown file: `key: value` lines between two `---` lines, then the system prompt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from agents.exceptions import DefinitionUnreadable
from agents.types import Role

_BUILTIN = Path(__file__).parent / "definitions"
_FIELDS = ("name", "role", "description", "model", "tools")


@dataclass(frozen=True, slots=True)
class AgentDefinition:
    """`tools` are names from `agents.tools.TOOLS`; `body` is the system prompt."""

    name: str
    role: Role
    description: str
    model: str
    tools: tuple[str, ...]
    body: str


def definition(name: str) -> AgentDefinition:
    """The built-in definition of this name (each role has one named like it); unknown: DefinitionUnreadable."""
    try:
        return builtin()[name]
    except KeyError:
        known = ", ".join(sorted(builtin()))
        raise DefinitionUnreadable(f"There is no agent “{name}”. Choose one of: {known}.") from None


@cache
def builtin() -> Mapping[str, AgentDefinition]:
    """All definitions that come with the program, by name."""
    read = [parse(path.read_text(encoding="utf-8"), path.name) for path in sorted(_BUILTIN.glob("*.md"))]
    return {one.name: one for one in read}


def parse(text: str, path: str) -> AgentDefinition:
    """Read one definition; a DefinitionUnreadable names the file and the line."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---" or "---" not in lines[1:]:
        raise DefinitionUnreadable(f"{path}:1: begin with a block of `key: value` lines between two `---` lines.")
    end = lines.index("---", 1)
    fields = _fields(lines[1:end], path)
    missing = [key for key in _FIELDS if not fields.get(key)]
    if missing:
        raise DefinitionUnreadable(f"{path}:{end + 1}: add {', '.join(missing)} to the block above this line.")
    return _definition(fields, "\n".join(lines[end + 1 :]).strip(), path)


def _fields(lines: list[str], path: str) -> dict[str, str]:
    fields = {}
    for number, line in enumerate(lines, start=2):
        key, colon, value = line.partition(":")
        if not colon or key.strip() not in _FIELDS:
            raise DefinitionUnreadable(f"{path}:{number}: expected one of {', '.join(_FIELDS)} followed by a colon.")
        fields[key.strip()] = value.strip()
    return fields


def _definition(fields: dict[str, str], body: str, path: str) -> AgentDefinition:
    if fields["role"] not in get_args(Role):
        raise DefinitionUnreadable(
            f"{path}: “{fields['role']}” is no role. Choose one of: {', '.join(get_args(Role))}."
        )
    tools = tuple(tool.strip() for tool in fields["tools"].split(",") if tool.strip())
    return AgentDefinition(
        name=fields["name"],
        role=fields["role"],  # type: ignore[arg-type]
        description=fields["description"],
        model=fields["model"],
        tools=tools,
        body=body,
    )
