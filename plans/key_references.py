"""Which steps a list of written keys names: `T3.1–T3.3, build-model (merged), #2004`, "all above"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plans.references import (
    LONGEST_RANGE,
    NEGATION,
    NO_REFERENCES,
    NOTE,
    RANGE_WORDS,
    References,
    Targets,
    by_place,
    is_nothing,
    unique,
)

_DASH = re.compile(r"[-–—]|\.\.+|…")
_PIECE = re.compile(r"[,;\n]")
_AND = re.compile(r"\band\b|&|\+|(?<=\s)/(?=\s)")


def declared_keys(text: str, targets: Targets, own: str = "") -> References:
    """The references in a list of written keys: `T3.1–T3.3, build-model (merged), #2004`. A word is one only if it is a
    key of the plan; a piece that names none is outside. After "no" or "not" nothing counts. `own` is the key of the
    step that says so, for "all above"."""
    for _ in range(3):
        text = NOTE.sub(" ", text)
    found: list[str] = []
    outside: list[str] = []
    for piece in _PIECE.split(text):
        name = piece.strip(" \t*_`.")
        if is_nothing(name) or NEGATION.match(name):
            continue
        placed = by_place(name, targets, own) if own else None
        whole = name.lower() in targets.places
        result = placed or _sum(_keys_in(part.strip(), targets) for part in ([name] if whole else _AND.split(name)))
        found += result.found
        outside += result.outside if result.found or result.outside else [name]
    return References(unique(found), unique(outside))


def _sum(parts: Iterable[References]) -> References:
    result = NO_REFERENCES
    for part in parts:
        result += part
    return result


def _keys_in(piece: str, targets: Targets) -> References:
    """The keys that a piece names, with ranges in the plan's order, and ranges that are too long or run backwards."""
    found: list[str] = []
    missing: list[str] = []
    whole = targets.places.get(piece.lower())
    if whole is not None:
        return References((targets.keys[whole],))
    tokens = [token for chunk in piece.split() for token in _range_or_word(chunk.strip(".:`*_()[]"), targets)]
    places = [targets.places.get(token.lower()) for token in tokens]
    for position, place in enumerate(places):
        if place is None:
            continue
        start = places[position - 2] if position > 1 and tokens[position - 1].lower() in RANGE_WORDS else None
        if start is None:
            found.append(targets.keys[place])
        elif 0 <= place - start <= LONGEST_RANGE:
            found += targets.keys[start + 1 : place + 1]
        else:
            missing.append(piece)
    return References(unique(found), unique(missing))


def _range_or_word(chunk: str, targets: Targets) -> tuple[str, ...]:
    """A word, or the two keys and the dash that it is made of: a key may hold a dash itself."""
    if chunk.lower() not in targets.places:
        for dash in _DASH.finditer(chunk):
            first, last = chunk[: dash.start()].lower(), chunk[dash.end() :].lower()
            if first in targets.places and last in targets.places:
                return first, "–", last
    return (chunk,)
