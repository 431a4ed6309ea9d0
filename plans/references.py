"""Which steps a piece of text points at: `Step 1, 2`, `1-3`, `all previous steps`, "no dependency on Step 4"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

NOTHING = frozenset({"", "none", "nothing", "n/a", "na", "no", "nil", "-", "–", "—", "no dependencies", "independent"})
LONGEST_RANGE = 500
"""A reference to more steps is kept as written: in a long plan the pairs alone would fill the memory."""

_FILLERS = frozenset({"and", "or", "plus", "both", "the", "also", "from", "all", "of", "on", "depends", "requires"})
_STEP_WORDS = frozenset({"step", "steps"})
_GROUP_WORDS = frozenset({"milestone", "milestones", "phase", "phases"})
RANGE_WORDS = frozenset({"-", "–", "—", "to", "through", "until"})

_TOKEN = re.compile(r"#?[0-9]+(?:\.[0-9]+)*[a-z]?(?![A-Za-z0-9])|[A-Za-z_]\w*|[-–—,;&+/]|\S", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*[a-z]?", re.IGNORECASE)
_PLAIN_LIST = re.compile(r"(?:([a-z]+)[ \t]+)?([0-9.]+[a-z]?(?:[ \t]*,[ \t]*[0-9.]+[a-z]?)*)", re.IGNORECASE)
NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_CLAUSE = re.compile(r"[.!?;:](?=\s|$)|\n[ \t]*\n|\n[ \t]*[-*+] |(?:,|(?<!\s))\s+(?:but|however|although|though)\b")
NEGATION = re.compile(
    r"\b(?:no|not|none|nothing|never|without|neither|nor|independent(?:ly)?)\b|n['’]t\b", re.IGNORECASE
)
_OTHER_WAY = re.compile(
    r"\b(?:in\s+parallel|alongside|before|blocks|unblocks|enables|precedes|(?:needed|required)\s+by)\b", re.IGNORECASE
)
_DEPENDS = re.compile(
    r"\b(?:depend(?:s|ent|ing)?\s+(?:up)?on|dependenc(?:y|ies)\s+(?:up)?on|blocked\s+by"
    r"|requires?(?=\s+(?:the\s+|completion\s+of\s+|completed\s+)?steps?\b))",
    re.IGNORECASE,
)
_ALL_BEFORE = re.compile(
    r"\b(?:all|every)\s+(?:the\s+|of\s+the\s+)?(?:(?:previous|prior|preceding|earlier)(?:\s+(?:steps?|tasks?|phases?))?"
    r"|(?:tasks?\s+|steps?\s+|phases?\s+)?above)\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"[ \t*_]*(?:all|everything)(?:[ \t]+(?:steps|tasks|phases))?[ \t*_.]*", re.IGNORECASE)
_ONE_BEFORE = re.compile(r"\b(?:previous|prior|preceding)\s+step\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Targets:
    """What a reference can point at: keys in plan order, the place of each in lower case, groups by their number.
    `nouns` are the words for a step in this plan (`phase`, `task`)."""

    keys: tuple[str, ...]
    places: Mapping[str, int]
    groups: Mapping[str, tuple[str, ...]]
    nouns: frozenset[str] = _STEP_WORDS

    @classmethod
    def of(
        cls, keys: Sequence[str], groups: Mapping[str, Sequence[str]], nouns: frozenset[str] = _STEP_WORDS
    ) -> Targets:
        places = {key.lower(): place for place, key in reversed(list(enumerate(keys)))}
        return cls(tuple(keys), places, {number: tuple(members) for number, members in groups.items()}, nouns)

    def before(self, own: str) -> range:
        """The places of the steps that stand before step `own`."""
        return range(self.places.get(own.lower(), 0))


@dataclass(frozen=True, slots=True)
class References:
    """`found` are keys of the plan; `outside` is what else was named. Each stands in it once."""

    found: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    def __add__(self, other: References) -> References:
        if not (other.found or other.outside):
            return self
        return References(unique(self.found + other.found), unique(self.outside + other.outside))


NO_REFERENCES = References()


def declared(text: str, targets: Targets, own: str) -> References:
    """The references in the value of a `Depends on` field of step `own`; bare numbers are steps there."""
    simple = _simple(text, targets)
    if simple is not None:
        return simple
    result = NO_REFERENCES
    for clause in _clauses(text):
        stop = NEGATION.search(clause) or _OTHER_WAY.search(clause)
        said = clause[: stop.start()] if stop else clause
        result += by_place(said, targets, own) or _Reader(targets, "step").read(said, keep_names=not stop)
        if stop and is_nothing(clause[: stop.end()]):
            break
    return result


def _simple(text: str, targets: Targets) -> References | None:
    """The references in a plain list of keys that exist (`Step 1, 2`), None when the text says more."""
    match = _PLAIN_LIST.fullmatch(text)
    if match is None or (match[1] and match[1].lower() not in targets.nouns):
        return None
    places = [targets.places.get(key.strip().lower()) for key in match[2].split(",")]
    if None in places:
        return None
    return References(unique([targets.keys[place] for place in places if place is not None]))


def mentioned(prose: str, targets: Targets, own: str) -> References:
    """The references in running text: only what stands behind "depends on", "blocked by" or "requires step"."""
    if "epend" not in prose and "locked" not in prose and "equire" not in prose:
        return NO_REFERENCES
    result = NO_REFERENCES
    for clause in _clauses(prose):
        verb = _DEPENDS.search(clause)
        if verb and not NEGATION.search(clause, 0, verb.end()):
            tail = clause[verb.end() :]
            stop = NEGATION.search(tail)
            said = tail[: stop.start()] if stop else tail
            result += by_place(said, targets, own) or _Reader(targets, "").read(said, keep_names=False)
    return References(tuple(key for key in result.found if key != own), ())


def is_nothing(text: str) -> bool:
    return text.strip(" \t\n*_`.-–—").lower() in NOTHING


def _clauses(text: str) -> Iterator[str]:
    """The text's clauses without notes in brackets (up to three brackets deep)."""
    for _ in range(3):
        text = NOTE.sub(" ", text)
    return (clause for clause in _CLAUSE.split(text) if not _is_blank(clause))


def _is_blank(clause: str) -> bool:
    return not clause.strip(" \t\n*_`.")


def by_place(clause: str, targets: Targets, own: str) -> References | None:
    """References by position: "all previous steps", "the previous step"."""
    if match := _ALL_BEFORE.search(clause) or _ALL.fullmatch(clause):
        return _at(targets, targets.before(own), match[0])
    if match := _ONE_BEFORE.search(clause):
        return _at(targets, targets.before(own)[-1:], match[0])
    return None


def _at(targets: Targets, places: range, name: str) -> References:
    if len(places) > LONGEST_RANGE:
        return References(outside=(f"Steps: {name}",))
    return References(tuple(targets.keys[place] for place in places))


class _Reader:
    """Walks over words and numbers; a number counts while the last telling word was "step" or "milestone"."""

    def __init__(self, targets: Targets, kind: str) -> None:
        self.targets = targets
        self.kind = self.start = kind
        self.result = NO_REFERENCES

    def read(self, clause: str, keep_names: bool) -> References:
        """All references of a clause. What names no number between two commas is outside, if `keep_names`."""
        for piece in clause.split(","):
            counted = self._piece(_TOKEN.findall(piece))
            name = piece.strip(" \t\n-*_`.")
            if keep_names and not counted and not is_nothing(name) and name.lower() not in _FILLERS:
                self.result += References(outside=(name,))
            self.kind = self.kind or self.start
        return self.result

    def _piece(self, tokens: Sequence[str]) -> int:
        """Read one piece; returns how many references it holds."""
        counted, position = 0, 0
        while position < len(tokens):
            token = tokens[position]
            position += 1
            if not _NUMBER.fullmatch(token):
                self.kind = _kind_after(token, self.kind, self.targets.nouns)
            elif self.kind:
                last, position = _range_end(tokens, position, self.targets.nouns)
                counted += 1
                self.result += self._steps(token, last) if self.kind == "step" else self._groups(token, last)
        return counted

    def _steps(self, first: str, last: str | None) -> References:
        places = self.targets.places
        missing = tuple(f"Step {key}" for key in (first, last) if key and key.lower() not in places)
        if missing:
            return References(tuple(self._key(key) for key in (first, last) if key and key.lower() in places), missing)
        end = places[(last or first).lower()]
        return _at(self.targets, range(places[first.lower()], end + 1), f"{first}–{last}")

    def _key(self, written: str) -> str:
        return self.targets.keys[self.targets.places[written.lower()]]

    def _groups(self, first: str, last: str | None) -> References:
        order = list(self.targets.groups)
        missing = tuple(f"Milestone {key}" for key in (first, last) if key and key.lower() not in order)
        if missing:
            return References(outside=missing)
        chosen = order[order.index(first.lower()) : order.index((last or first).lower()) + 1]
        return References(tuple(key for number in chosen for key in self.targets.groups[number]))


def _kind_after(token: str, kind: str, nouns: frozenset[str]) -> str:
    """What numbers mean behind this word."""
    word = token.lower()
    if word in nouns:
        return "step"
    if word in _GROUP_WORDS:
        return "group"
    return "" if token[0].isalnum() and word not in _FILLERS else kind


def _range_end(tokens: Sequence[str], position: int, nouns: frozenset[str]) -> tuple[str | None, int]:
    """The last key of a range ("1-3", "Step 1 through Step 3") and the place behind it."""
    if position < len(tokens) and tokens[position].lower() in RANGE_WORDS:
        place = position + 1
        place += place < len(tokens) and tokens[place].lower() in nouns
        if place < len(tokens) and _NUMBER.fullmatch(tokens[place]):
            return tokens[place], place + 1
    return None, position


def unique(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
