"""A step's verification items: which name a command, which do not, and what proves those."""

from __future__ import annotations

from typing import Any

from orchestrator.models import RunStep


def items_of(step: RunStep) -> list[dict[str, Any]]:
    """The step's verification items as the plan states them, in order (plans.types.Check as JSON)."""
    found: list[dict[str, Any]] = step.step.content["checks"] if step.step else []
    return found


def open_items(step: RunStep) -> list[int]:
    """Indices of the items that name no command."""
    return [index for index, item in enumerate(items_of(step)) if not item["command"]]
