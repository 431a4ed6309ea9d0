"""The commands of a dispatch, read from its stored conversation: calls of the agent, and results that are ours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agents.claims.types import Ran
from agents.redaction import redacted

_ENDING = re.compile(r"exit (-?\d+)$")
SHELL = "shell"


def ran(messages: Sequence[Mapping[str, Any]]) -> tuple[Ran, ...] | None:
    """In their order; None where there is no conversation to read them from."""
    return tuple(_commands(messages)) if messages else None


def _commands(messages: Sequence[Mapping[str, Any]]) -> Iterator[Ran]:
    asked: dict[str, str] = {}
    for block in (block for message in messages for block in _blocks(message)):
        if block.get("type") == "tool_use" and block.get("name") == SHELL:
            asked[str(block.get("id"))] = str(block.get("input", {}).get("command", ""))
        elif block.get("type") == "tool_result":
            command = asked.pop(str(block.get("tool_use_id")), "")
            if command and not block.get("is_error"):
                yield _ran(command, block.get("content"))


def _blocks(message: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    content = message.get("content")
    return content if isinstance(content, list | tuple) else ()


def _ran(command: str, content: object) -> Ran:
    ending, _, output = str(content).partition("\n")
    found = _ENDING.match(ending)
    return Ran(redacted(command), int(found[1]) if found else None, output)
