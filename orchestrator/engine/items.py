"""A step's verification items: which name a command, which do not, and what proves those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.models import RunStep


def items_of(step: RunStep) -> list[dict[str, Any]]:
    """The step's verification items as the plan states them, in order (plans.types.Check as JSON)."""
    found: list[dict[str, Any]] = step.step.content["checks"] if step.step else []
    return found


def open_items(step: RunStep) -> list[int]:
    """Indices of the items that name no command."""
    return [index for index, item in enumerate(items_of(step)) if not item["command"]]


def words_of(step: RunStep) -> str:
    """All that the plan says of a step."""
    return "\n".join(_words(step.title, step.step.content if step.step else {}))


def _words(title: str, content: Mapping[str, Any]) -> Iterator[str]:
    yield title
    parts = [content.get("objective"), content.get("tests"), *content.get("criteria", ()), *content.get("checks", ())]
    yield from (part["text"] for part in (*parts, *content.get("instructions", {}).values()) if part)
    yield from content.get("details", {}).values()
