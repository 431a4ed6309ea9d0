"""What an answer would do, as the page shows it and binds the answer to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.engine.briefing import Brief, rebuild_brief
from orchestrator.engine.ground import Ground
from orchestrator.engine.receipt import digest
from orchestrator.exceptions import SignalboxError
from orchestrator.models import Decision, RunStep


@dataclass(frozen=True, slots=True)
class Preview:
    """`digest` binds the answer to what was read. Each of `facts` is a sentence, `blocked` are (step, through),
    `warning` says why this answer may not help."""

    option: str
    digest: str
    facts: Sequence[str]
    blocked: Sequence[tuple[RunStep, str]]
    warning: str = ""


def preview_of(card: Decision, option: str, effects: Mapping[str, Any]) -> Preview:
    """The consequences of one option of a card."""
    titles = {step.key: step for step in card.run.steps.filter(key__in=[key for key, _ in effects["blocked"]])}
    blocked = [(titles[key], through) for key, through in effects["blocked"] if key in titles]
    return Preview(option, digest(effects), effects.get("told", ()), blocked, effects.get("warning", ""))


def brief_of(step: RunStep, instructions: str) -> Brief | None:
    """The brief that a rebuild with these instructions sends; None where it cannot be made."""
    try:
        return rebuild_brief(step, instructions, Ground.of(step.run.project))
    except SignalboxError:
        return None
