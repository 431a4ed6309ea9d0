"""What can go wrong in this room: ours, theirs, the person's. The message is what a person reads."""

from __future__ import annotations


class SignalboxError(Exception):
    """Anything that is told to a person in one sentence; never a stack trace."""


class IllegalTransition(SignalboxError):
    """Ours: the tables have no rule for this event in this status. Nothing was changed."""


class LostRace(SignalboxError):
    """Somebody else changed the row first. Nothing was changed; whoever read may read again."""


class PersonError(SignalboxError):
    """The person's: what they asked cannot be done; the message says why and what to do."""


class StaleDecision(PersonError):
    """The card was answered, or changed, by somebody else in the meantime."""


class IntegrityError(SignalboxError):
    """The stored history does not add up."""
