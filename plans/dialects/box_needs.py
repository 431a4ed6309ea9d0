"""Which steps a box waits for, wherever its text says so: labelled bullets, notes in brackets, plain sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plans.blocks import Item
from plans.key_references import declared_keys
from plans.references import NEGATION, NO_REFERENCES, NOTE, References, Targets, unique

_LABEL = re.compile(
    r"[*_]*(?:depends(?:[ \t]+on)?|dependenc(?:y|ies)|blocked[ \t]+by|requires)[*_]*:[*_]*[ \t]*(?P<what>.*)$",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(
    r"[(;,][ \t]*(?:depends on|requires|after|blocked by):?[ \t]+([^();]*)(?=[);])", re.IGNORECASE
)
_IN_PROSE = re.compile(r"\b(?:depends? on|depending on|blocked by):?[ \t]+", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;!?](?=\s|$)|\s—\s")
_NOUN = re.compile(r"(?:task|step)s?\b", re.IGNORECASE)
_OFTEN = ("epend", "equires", "locked by", "(after", "EPEND")


def needed_by(own: str, text: str, nested: Sequence[Item], known: Targets) -> References:
    """The references in a box's own text and in the bullets below it. In a plain sentence a bare number is none."""
    found = _said(own, text, known)
    for item in nested:
        match = _LABEL.match(item.text) if item.box is None else None
        if match:
            found += declared_keys(match["what"].rstrip("*_"), known, own)
        elif item.box is None:
            found += _said(own, item.text, known)
    return References(tuple(key for key in found.found if key != own), found.outside)


def _said(own: str, text: str, known: Targets) -> References:
    if not any(word in text for word in _OFTEN):
        return NO_REFERENCES
    found = NO_REFERENCES
    for inside in _IN_BRACKETS.findall(text):
        found += declared_keys(inside, known, own)
    for clause in _clauses(text):
        keys = declared_keys(clause, known, own).found
        found += References(unique([key for key in keys if _NOUN.match(clause) or not key[0].isdigit()]))
    return found


def _clauses(text: str) -> Iterator[str]:
    """What stands behind "depends on" in each sentence that does not deny it."""
    for sentence in _SENTENCE.split(NOTE.sub(" ", text)):
        verb = _IN_PROSE.search(sentence)
        if verb and not NEGATION.search(sentence, 0, verb.start()):
            yield sentence[verb.end() :]
