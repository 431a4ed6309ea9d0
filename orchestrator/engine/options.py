"""Which answers each kind of decision offers, and what an answer does to its subjects.

The order is the card's order and never changes, so that hands do not learn wrong places.
"""

from __future__ import annotations

from orchestrator.engine.policy import Policy

FAILURES = frozenset({"review", "check", "claim", "agent_failed", "timeout", "lost", "conflict", "stale", "returned"})
"""Kinds that end a batch (B7) and are answered like a failure (B12)."""

STEP_EVENT = {
    "recheck": "recheck",
    "rebuild": "rebuild",
    "skip": "skip",
    "defer": "defer",
    "accept_gap": "accept_gap",
    "confirm": "answered",
    "answer": "answered",
    "approve": "answered",
    "extend": "answered",
    "reclaim": "answered",
    "again": "answered",
    "allow": "answered",
}
"""The event that an applied option is for each of its subjects. Options without one act on the run."""

RUN_EVENT = {"abort": "abort", "stop": "pause"}

NEEDS_REASON = frozenset({"skip", "accept_gap", "abort"})
NEEDS_INSTRUCTIONS = frozenset({"rebuild", "answer"})

_LEFT_OUT: dict[str, frozenset[str]] = {
    # A claim that does not hold cannot be accepted; without a tree there is nothing to check or accept.
    "claim": frozenset({"accept_gap"}),
    "agent_failed": frozenset({"recheck", "accept_gap"}),
    "timeout": frozenset({"recheck", "accept_gap"}),
    "lost": frozenset({"recheck", "accept_gap"}),
    "returned": frozenset({"recheck", "accept_gap"}),
    "stale": frozenset({"accept_gap"}),
    "conflict": frozenset({"accept_gap"}),
}

_FIRST = {"timeout": ("extend",), "lost": ("reclaim",)}
"""Answers only these failures have. They stand where the others have re-check: go on with what is there."""

_OWN: dict[str, tuple[str, ...]] = {
    "unproven": ("confirm", "rebuild", "skip", "accept_gap", "abort"),
    "question": ("answer", "rebuild", "skip", "abort"),
    "receipt": ("approve", "skip", "abort"),
    "base": ("again", "skip", "abort"),
    "setup": ("again", "rebuild", "skip", "abort"),
    "new_setup": ("allow", "rebuild", "skip", "abort"),
    "batch": ("continue", "stop", "abort"),
    "step": ("continue", "stop", "abort"),
    "drift": ("adopt", "keep", "abort"),
}


def options_of(kind: str, policy: Policy) -> tuple[str, ...]:
    """The options of a decision of this kind under a policy, in order."""
    if kind in _OWN:
        return _OWN[kind]
    shared = (option for option in policy.options if option not in _LEFT_OUT.get(kind, frozenset()))
    return (*_FIRST.get(kind, ()), *shared)
