"""The options of a card in words, for page and terminal. Their order is the engine's and never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator import queries
from orchestrator.actions.answers import needs_reason
from orchestrator.engine.guards import ARMING
from orchestrator.engine.options import NEEDS_INSTRUCTIONS
from orchestrator.models import Decision


@dataclass(frozen=True, slots=True)
class Offer:
    """`instructions` and `reason` say whether each is asked for; `arms` that it can be undone for some seconds; `apart`
    that it stands away from the others. `refused` says why an option that other cards have is none here."""

    name: str
    label: str
    meaning: str
    instructions: bool = False
    reason: bool = False
    arms: bool = False
    apart: bool = False
    refused: str = ""


_WORDS: Mapping[str, tuple[str, str]] = {
    "recheck": ("Re-check", "I mended it by hand. Review and verify the tree as it is now."),
    "extend": ("Extend once", "Give it the same time again. It goes on where it was stopped."),
    "reclaim": ("Reclaim", "Let another worker go on from the last turn that was saved."),
    "rebuild": ("Rebuild with instructions", "Send it back to its builder with what should be different."),
    "skip": ("Skip", "Leave the step out. It never counts as complete."),
    "defer": ("Defer", "Leave it out for now. It never counts as complete."),
    "accept_gap": ("Accept the gap", "Go on with it open: named in the report, no completion mark."),
    "abort": ("Abort the run", "Stop everything. What has landed stays."),
    "confirm": ("Confirm the items", "I looked myself, and say of each whether it holds. The record names me."),
    "answer": ("Answer", "The agent goes on with your answer, in the same conversation."),
    "approve": ("Approve it as it is now", "Run it although what was approved has changed."),
    "again": ("Try again", "Set it up once more, and go on."),
    "allow": ("Allow the new setup", "Run the setup with these packages, then check and land the step."),
    "continue": ("Continue", "Go on with what comes next."),
    "stop": ("Stop here", "Pause the run. It can be resumed at any time."),
    "adopt": ("Adopt the edit", "Go on with the plan as it is now."),
    "keep": ("Keep what was approved", "Go on with the plan as it was."),
}
_MEANS: Mapping[tuple[str, str], str] = {
    ("recheck", "conflict"): "I resolved it in the worktree. Check the tree as it is now.",
    ("recheck", "stale"): "Check the same work once more, on what has landed meanwhile.",
    ("recheck", "claim"): "I made it true by hand, or say why it may stay. Review and verify the tree as it is now.",
    ("recheck", "guard"): "I mended it, or answer for it with a reason. Review and verify the tree as it is now.",
    ("rebuild", "conflict"): "Send it back to its builder, with what should be different.",
    ("rebuild", "returned"): "Hand it out again, with what should be different.",
    ("again", "setup"): "Set it up once more, where what hindered it has gone. Other commands need a new run.",
    ("again", "base"): "Look at the line as it is now, and begin.",
    ("rebuild", "question"): "Do not answer. Send it back to its builder with what should be different.",
}
_REFUSED = {
    ("accept_gap", "claim"): "Not here: what is claimed and not there cannot be accepted.",
    (
        "accept_gap",
        "guard",
    ): "Not here: what a guard refuses is no gap in the work. Mend it, or re-check with a reason.",
}


def label(name: str) -> str:
    """An option's name as a person reads it."""
    return _WORDS[name][0] if name in _WORDS else name.replace("_", " ")


def offers_of(card: Decision) -> list[Offer]:
    """A card's options, in order, and those that it refuses in the place where other cards have them."""
    told_as = queries.told_as(card)
    refused = [name for name, kind in _REFUSED if kind == told_as]
    names = [name for name in card.options if name != "abort"] + refused
    names += [name for name in card.options if name == "abort"]
    return [_offer(name, told_as) for name in names]


def _offer(name: str, kind: str) -> Offer:
    title, meaning = _WORDS.get(name, (name, ""))
    return Offer(
        name, title, _MEANS.get((name, kind), meaning), name in NEEDS_INSTRUCTIONS, needs_reason(name, kind),
        name in ARMING, name == "abort", _REFUSED.get((name, kind), ""),
    )  # fmt: skip
