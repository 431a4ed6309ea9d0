"""Regular expressions of a repository, searched in linear time.

The expression becomes states of an automaton that go through a line together, one step a character, so none can hold
the server however it is written. What would need going back (`\\1`, look-ahead and look-behind) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

MOST_STATES = 2_000
MOST_STEPS = 50_000
"""Remembered steps; what a hostile line makes of them is forgotten at this number."""
_TOO_LARGE = "it is too large; repeat less, or write two patterns"
_WORD = re.compile(r"\w")
_CLASSES: dict[Any, re.Pattern[str]] = {
    op.CATEGORY_DIGIT: re.compile(r"\d"), op.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    op.CATEGORY_SPACE: re.compile(r"\s"), op.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    op.CATEGORY_WORD: re.compile(r"\w"), op.CATEGORY_NOT_WORD: re.compile(r"\W"),
}  # fmt: skip

Takes = Callable[[str], bool]


class Refused(ValueError):
    """The expression cannot be searched in linear time; the message is a sentence that says why."""


@dataclass(slots=True)
class _State:
    """`takes` a character and goes on to `after`; without it, goes on freely where `holds` (a place) allows it."""

    takes: Takes | None = None
    holds: Any = None
    after: list[int] = field(default_factory=list)


class Expression:
    """A compiled expression. Raises Refused, or `re.error` where it is none."""

    def __init__(self, text: str) -> None:
        compiled = re.compile(text)
        self._folds = bool(compiled.flags & re.IGNORECASE)
        self._states: list[_State] = []
        self._parts = 0
        self._known: dict[tuple[frozenset[int], str, str], frozenset[int]] = {}
        parsed = parser.parse(text)
        self.literal = "" if self._folds else _longest_literal(parsed)
        self._end = self._state()
        self._begin = self._sequence(parsed, self._end)

    def found_in(self, line: str) -> bool:
        """Whether the expression is found anywhere in a line."""
        if self.literal not in line:
            return False
        line = line.casefold() if self._folds else line
        now = self._free({self._begin}, "", line[:1])
        for place, character in enumerate(line):
            if self._end in now:
                return True
            now = self._step(now, character, line[place + 1 : place + 2])
        return self._end in now

    def _step(self, now: frozenset[int], character: str, following: str) -> frozenset[int]:
        at = (now, character, following)
        known = self._known.get(at)
        if known is None:
            states = (self._states[id] for id in now)
            taken = {next for state in states if state.takes and state.takes(character) for next in state.after}
            known = self._free({*taken, self._begin}, character, following)
            if len(self._known) >= MOST_STEPS:
                self._known.clear()
            self._known[at] = known
        return known

    def _free(self, ids: set[int], before: str, after: str) -> frozenset[int]:
        """The states that are reached from these without a character, between two characters."""
        reached, open_ones = set(ids), list(ids)
        while open_ones:
            state = self._states[open_ones.pop()]
            if state.takes is None and (state.holds is None or _holds(state.holds, before, after)):
                fresh = [id for id in state.after if id not in reached]
                reached.update(fresh)
                open_ones += fresh
        return frozenset(reached)

    def _state(self, takes: Takes | None = None, holds: Any = None, after: Iterable[int] = ()) -> int:
        if len(self._states) >= MOST_STATES:
            raise Refused(_TOO_LARGE)
        self._states.append(_State(takes, holds, list(after)))
        return len(self._states) - 1

    def _sequence(self, parsed: Any, after: int) -> int:
        """The state that begins these parts, the last of which leads to `after`."""
        self._parts += 1
        if self._parts > MOST_STATES:
            raise Refused(_TOO_LARGE)
        for kind, value in reversed(list(parsed)):
            after = self._part(kind, value, after)
        return after

    def _part(self, kind: Any, value: Any, after: int) -> int:
        if kind in (op.LITERAL, op.NOT_LITERAL, op.ANY, op.IN):
            return self._state(self._taking(kind, value), after=[after])
        if kind is op.AT:
            return self._state(holds=value, after=[after])
        if kind is op.SUBPATTERN:
            if value[1] or value[2]:
                raise Refused("flags stand at its beginning, for all of it")
            return self._sequence(value[3], after)
        if kind is op.BRANCH:
            return self._state(after=[self._sequence(branch, after) for branch in value[1]])
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            least, most, part = value
            return self._repeated(least, most, part, after)
        raise Refused("it looks ahead, behind or back; write it without, or as two patterns")

    def _repeated(self, least: int, most: Any, part: Any, after: int) -> int:
        if most is op.MAXREPEAT:
            loop = self._state(after=[after])
            self._states[loop].after.append(self._sequence(part, loop))
            after = loop
        else:
            for _ in range(most - least):
                after = self._state(after=[after, self._sequence(part, after)])
        for _ in range(least):
            after = self._sequence(part, after)
        return after

    def _taking(self, kind: Any, value: Any) -> Takes:
        fold = str.casefold if self._folds else str
        if kind is op.ANY:
            return lambda character: character != "\n"
        if kind is op.IN:
            return _one_of(value, fold)
        wanted = fold(chr(value))
        return (
            (lambda character: character == wanted) if kind is op.LITERAL else (lambda character: character != wanted)
        )


def _one_of(items: Any, fold: Callable[[str], str]) -> Takes:
    refused = items[0][0] is op.NEGATE
    tests = [_test(kind, value, fold) for kind, value in items if kind is not op.NEGATE]
    return lambda character: any(test(character) for test in tests) != refused


def _test(kind: Any, value: Any, fold: Callable[[str], str]) -> Takes:
    if kind is op.CATEGORY:
        return lambda character: _CLASSES[value].match(character) is not None
    low, high = value if kind is op.RANGE else (value, value)
    if fold is str:
        return lambda character: low <= ord(character) <= high
    return lambda character: any(low <= ord(other) <= high for other in (character, character.upper()[:1]))


def _holds(place: Any, before: str, after: str) -> bool:
    if place in (op.AT_BEGINNING, op.AT_BEGINNING_STRING):
        return not before
    if place in (op.AT_END, op.AT_END_STRING):
        return not after
    border = bool(_WORD.match(before)) != bool(_WORD.match(after))
    return border == (place is op.AT_BOUNDARY)


def _longest_literal(parsed: Any) -> str:
    """The longest text that every line with a hit has: most lines are passed over for want of it."""
    runs, run = [], ""
    for kind, value in [*parsed, (None, None)]:
        if kind is op.LITERAL:
            run += chr(value)
        else:
            runs.append(run)
            run = ""
    return max(runs, key=len)
