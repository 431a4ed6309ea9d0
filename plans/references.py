"""Which steps a piece of text points at: `Step 1, 2`, `1-3`, `all previous steps`, "no dependency on Step 4"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

NOTHING = frozenset({"", "none", "nothing", "n/a", "na", "no", "nil", "-", "–", "—", "no dependencies", "independent"})
LONGEST_RANGE = 500
"""A reference to more steps is kept as written: in a long plan the pairs alone would fill the memory."""

MOST_PAIRS = 5_000_000
"""So many pairs of steps may all ranges of a plan make: each step has its share, and what goes beyond is as written."""

_FILLERS = frozenset({"and", "or", "plus", "both", "the", "also", "from", "all", "of", "on", "depends", "requires"})
_STEP_WORDS = frozenset({"step", "steps"})
_GROUP_WORDS = frozenset({"milestone", "milestones", "phase", "phases"})
RANGE_WORDS = frozenset({"-", "–", "—", "to", "through", "until"})

# a long run of digits without a border would be read from each of its digits anew
_TOKEN = re.compile(r"#?[0-9]++(?:\.[0-9]++)*[a-z]?(?![A-Za-z0-9])|[0-9]++|[A-Za-z_]\w*|[-–—,;&+/]|\S", re.IGNORECASE)
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
    group_places: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(
        cls, keys: Sequence[str], groups: Mapping[str, Sequence[str]], nouns: frozenset[str] = _STEP_WORDS
    ) -> Targets:
        places = {key.lower(): place for place, key in reversed(list(enumerate(keys)))}
        by_number = {number: tuple(members) for number, members in groups.items()}
        return cls(tuple(keys), places, by_number, nouns, {number: place for place, number in enumerate(by_number)})

    @property
    def share(self) -> int:
        """How many steps the ranges of one step may name."""
        return MOST_PAIRS // max(len(self.keys), 1)

    def before(self, own: str) -> range:
        """The places of the steps that stand before step `own`."""
        return range(self.places.get(own.lower(), 0))


@dataclass(frozen=True, slots=True)
class References:
    """`found` are keys of the plan; `outside` is what else was named. Each stands in it once."""

    found: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


class Gathering:
    """The references of step `own` as they are found, each once, in the order they are named."""

    def __init__(self, targets: Targets, own: str = "") -> None:
        self.targets = targets
        self.own = own
        self.left = targets.share
        self.found: dict[str, None] = {}
        self.outside: dict[str, None] = {}

    @property
    def result(self) -> References:
        return References(tuple(self.found), tuple(self.outside))

    def take(self, key: str) -> None:
        self.found[key] = None

    def keep(self, name: str) -> None:
        """What names no step of the plan."""
        self.outside[name] = None

    def take_range(self, places: range, name: str) -> None:
        if len(places) > min(LONGEST_RANGE, self.left):
            self.keep(name)
            return
        self.left -= len(places)
        self.found.update(dict.fromkeys(self.targets.keys[place] for place in places))

    def take_groups(self, places: range, name: str) -> None:
        groups = [self.targets.groups[number] for number in islice(self.targets.groups, places.start, places.stop)]
        if sum(map(len, groups)) > self.left:
            self.keep(name)
            return
        for group in groups:
            self.left -= len(group)
            self.found.update(dict.fromkeys(group))


NO_REFERENCES = References()


def declared(text: str, targets: Targets, own: str) -> References:
    """The references in the value of a `Depends on` field of step `own`; bare numbers are steps there."""
    gathered = Gathering(targets, own)
    gather_declared(text, gathered)
    return gathered.result


def gather_declared(text: str, into: Gathering) -> None:
    if _gather_simple(text, into):
        return
    for clause in _clauses(text):
        stop = NEGATION.search(clause) or _OTHER_WAY.search(clause)
        said = clause[: stop.start()] if stop else clause
        if not by_place(said, into):
            _Reader(into, "step").read(said, keep_names=not stop)
        if stop and is_nothing(clause[: stop.end()]):
            break


def _gather_simple(text: str, into: Gathering) -> bool:
    """Whether the text is a plain list of keys that exist (`Step 1, 2`), which are taken."""
    match = _PLAIN_LIST.fullmatch(text)
    if match is None or (match[1] and match[1].lower() not in into.targets.nouns):
        return False
    places = [into.targets.places.get(key.strip().lower()) for key in match[2].split(",")]
    known = [place for place in places if place is not None]
    if len(known) < len(places):
        return False
    for place in known:
        into.take(into.targets.keys[place])
    return True


def mentioned(prose: str, targets: Targets, own: str) -> References:
    """The references in running text: only what stands behind "depends on", "blocked by" or "requires step"."""
    if "epend" not in prose and "locked" not in prose and "equire" not in prose:
        return NO_REFERENCES
    gathered = Gathering(targets, own)
    for clause in _clauses(prose):
        verb = _DEPENDS.search(clause)
        if verb and not NEGATION.search(clause, 0, verb.end()):
            tail = clause[verb.end() :]
            stop = NEGATION.search(tail)
            said = tail[: stop.start()] if stop else tail
            if not by_place(said, gathered):
                _Reader(gathered, "").read(said, keep_names=False)
    return References(tuple(key for key in gathered.found if key != own), ())


def is_nothing(text: str) -> bool:
    return text.strip(" \t\n*_`.-–—").lower() in NOTHING


def _clauses(text: str) -> Iterator[str]:
    """The text's clauses without notes in brackets (up to three brackets deep)."""
    for _ in range(3):
        text = NOTE.sub(" ", text)
    return (clause for clause in _CLAUSE.split(text) if not _is_blank(clause))


def _is_blank(clause: str) -> bool:
    return not clause.strip(" \t\n*_`.")


def by_place(clause: str, into: Gathering) -> bool:
    """Whether a clause refers by position ("all previous steps", "the previous step"); those steps are taken."""
    before = into.targets.before(into.own)
    if match := _ALL_BEFORE.search(clause) or _ALL.fullmatch(clause):
        into.take_range(before, f"Steps: {match[0]}")
    elif match := _ONE_BEFORE.search(clause):
        into.take_range(before[-1:], f"Steps: {match[0]}")
    return match is not None


class _Reader:
    """Walks over words and numbers; a number counts while the last telling word was "step" or "milestone"."""

    def __init__(self, into: Gathering, kind: str) -> None:
        self.into = into
        self.targets = into.targets
        self.kind = self.start = kind

    def read(self, clause: str, keep_names: bool) -> None:
        """All references of a clause. What names no number between two commas is outside, if `keep_names`."""
        for piece in clause.split(","):
            counted = self._piece(_TOKEN.findall(piece))
            name = piece.strip(" \t\n-*_`.")
            if keep_names and not counted and not is_nothing(name) and name.lower() not in _FILLERS:
                self.into.keep(name)
            self.kind = self.kind or self.start

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
                (self._steps if self.kind == "step" else self._groups)(token, last)
        return counted

    def _steps(self, first: str, last: str | None) -> None:
        places = self.targets.places
        known = [places.get(key.lower()) for key in (first, last) if key]
        for key, place in zip((first, last), known, strict=False):
            if place is None:
                self.into.keep(f"Step {key}")
            elif last is None or None in known:
                self.into.take(self.targets.keys[place])
        if last is not None and None not in known:
            self.into.take_range(range(known[0] or 0, (known[1] or 0) + 1), f"Steps: {first}–{last}")

    def _groups(self, first: str, last: str | None) -> None:
        places = self.targets.group_places
        missing = [key for key in (first, last) if key and key.lower() not in places]
        for key in missing:
            self.into.keep(f"Milestone {key}")
        if not missing:
            end = places[(last or first).lower()]
            name = f"Milestone {first}–{last}" if last else f"Milestone {first}"
            self.into.take_groups(range(places[first.lower()], end + 1), name)


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
