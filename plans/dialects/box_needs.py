"""Which steps a box waits for, wherever its text says so: labelled bullets, notes in brackets, plain sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plans.blocks import Item
from plans.key_references import declared_keys, gather_keys
from plans.references import NEGATION, NOTE, Gathering, References, Targets

_LABEL = re.compile(
    r"[*_]*(?:depends(?:[ \t]+on)?|dependenc(?:y|ies)|blocked[ \t]+by|requires)[*_]*:[*_]*[ \t]*(?P<what>.*)$",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(
    r"[(;,][ \t]*+(?:depends on|requires|after|blocked by):?[ \t]++([^();]*+)(?=[);])", re.IGNORECASE
)
_IN_PROSE = re.compile(r"\b(?:depends? on|depending on|blocked by):?[ \t]++", re.IGNORECASE)
_SENTENCE = re.compile(r"[.;!?](?=\s|$)|\s—\s")
_NOUN = re.compile(r"(?:task|step)s?\b", re.IGNORECASE)
_OFTEN = ("epend", "equires", "locked by", "(after", "EPEND")


def needed_by(own: str, text: str, nested: Sequence[Item], known: Targets) -> References:
    """The references in a box's own text and in the bullets below it. In a plain sentence a bare number is none."""
    gathered = Gathering(known, own)
    _gather_said(text, gathered)
    for item in nested:
        match = _LABEL.match(item.text) if item.box is None else None
        if match:
            gather_keys(match["what"].rstrip("*_"), gathered)
        elif item.box is None:
            _gather_said(item.text, gathered)
    found = gathered.result
    return References(tuple(key for key in found.found if key != own), found.outside)


def _gather_said(text: str, into: Gathering) -> None:
    if not any(word in text for word in _OFTEN):
        return
    for inside in _IN_BRACKETS.findall(text):
        gather_keys(inside, into)
    for clause in _clauses(text):
        for key in declared_keys(clause, into.targets, into.own).found:
            if _NOUN.match(clause) or not key[0].isdigit():
                into.take(key)


def _clauses(text: str) -> Iterator[str]:
    """What stands behind "depends on" in each sentence that does not deny it."""
    for sentence in _SENTENCE.split(NOTE.sub(" ", text)):
        verb = _IN_PROSE.search(sentence)
        if verb and not NEGATION.search(sentence, 0, verb.start()):
            yield sentence[verb.end() :]
