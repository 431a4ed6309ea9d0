"""Which steps a list of written keys names: `T3.1–T3.3, build-model (merged), #2004`, "all above"."""

from __future__ import annotations

import re

from plans.references import NEGATION, NOTE, RANGE_WORDS, Gathering, References, Targets, by_place, is_nothing

_DASH = re.compile(r"[-–—]|\.\.+|…")
_PIECE = re.compile(r"[,;\n]")
_AND = re.compile(r"\band\b|&|\+|(?<=\s)/(?=\s)")
LONGEST_CHUNK = 400
"""A word of more characters is no range: it would be cut at each of its dashes."""


def declared_keys(text: str, targets: Targets, own: str = "") -> References:
    """The references in a list of written keys: `T3.1–T3.3, build-model (merged), #2004`. A word is one only if it is a
    key of the plan; a piece that names none is outside. After "no" or "not" nothing counts. `own` is the key of the
    step that says so, for "all above"."""
    gathered = Gathering(targets, own)
    gather_keys(text, gathered)
    return gathered.result


def gather_keys(text: str, into: Gathering) -> None:
    for _ in range(3):
        text = NOTE.sub(" ", text)
    for piece in _PIECE.split(text):
        name = piece.strip(" \t*_`.")
        if is_nothing(name) or NEGATION.match(name) or (into.own and by_place(name, into)):
            continue
        whole = name.lower() in into.targets.places
        counted = [_gather_piece(part.strip(), into) for part in ([name] if whole else _AND.split(name))]
        if not any(counted):
            into.keep(name)


def _gather_piece(piece: str, into: Gathering) -> bool:
    """Whether a piece names keys, which are taken. A range that is too long or runs backwards is outside."""
    targets = into.targets
    whole = targets.places.get(piece.lower())
    if whole is not None:
        into.take(targets.keys[whole])
        return True
    tokens = [token for chunk in piece.split() for token in _range_or_word(chunk.strip(".:`*_()[]"), targets)]
    places = [targets.places.get(token.lower()) for token in tokens]
    for position, place in enumerate(places):
        if place is None:
            continue
        start = places[position - 2] if position > 1 and tokens[position - 1].lower() in RANGE_WORDS else None
        if start is None:
            into.take(targets.keys[place])
        elif place < start:
            into.keep(piece)
        else:
            into.take_range(range(start + 1, place + 1), piece)
    return any(place is not None for place in places)


def _range_or_word(chunk: str, targets: Targets) -> tuple[str, ...]:
    """A word, or the two keys and the dash that it is made of: a key may hold a dash itself."""
    if len(chunk) <= LONGEST_CHUNK and chunk.lower() not in targets.places:
        for dash in _DASH.finditer(chunk):
            first, last = chunk[: dash.start()].lower(), chunk[dash.end() :].lower()
            if first in targets.places and last in targets.places:
                return first, "–", last
    return (chunk,)
