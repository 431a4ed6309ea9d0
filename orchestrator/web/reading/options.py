"""The options of a card in words. Their order is the engine's and never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.engine.guards import ARMING
from orchestrator.engine.options import NEEDS_INSTRUCTIONS, NEEDS_REASON
from orchestrator.models import Decision


@dataclass(frozen=True, slots=True)
class Option:
    """`instructions` and `reason` say whether each is asked for; `arms` that it can be undone for some seconds."""

    name: str
    label: str
    meaning: str
    instructions: bool
    reason: bool
    arms: bool
    apart: bool


_WORDS: Mapping[str, tuple[str, str]] = {
    "recheck": ("Re-check", "I mended it by hand. Review and verify the tree as it is now."),
    "rebuild": ("Rebuild with instructions", "Send it back to its builder with what should be different."),
    "skip": ("Skip", "Leave the step out. It never counts as complete."),
    "defer": ("Defer", "Leave it out for now. It never counts as complete."),
    "accept_gap": (
        "Accept the gap",
        "Go on with it open: named in the report, no completion mark.",
    ),
    "abort": ("Abort the run", "Stop everything. What has landed stays."),
    "confirm": ("Confirm the items", "I looked myself: they hold. The record names you as the proof."),
    "answer": ("Answer", "The agent goes on with your answer, in the same conversation."),
    "approve": ("Approve it as it is now", "Run it although what was approved has changed."),
    "continue": ("Continue", "Go on with what comes next."),
    "stop": ("Stop here", "Pause the run. It can be resumed at any time."),
    "adopt": ("Adopt the edit", "Go on with the plan as it is now."),
    "keep": ("Keep what was approved", "Go on with the plan as it was."),
}


def label(name: str) -> str:
    """An option's name as a person reads it."""
    return _WORDS[name][0] if name in _WORDS else name.replace("_", " ")


def options_of(card: Decision) -> list[Option]:
    """A card's options, in order."""
    return [_option(name, card.kind) for name in card.options]


def _option(name: str, kind: str) -> Option:
    title, meaning = _WORDS.get(name, (name, ""))
    needs_reason = name in NEEDS_REASON and kind not in ("batch", "step")
    return Option(name, title, meaning, name in NEEDS_INSTRUCTIONS, needs_reason, name in ARMING, name in ("abort",))
