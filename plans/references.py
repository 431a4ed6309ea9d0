"""Which steps a piece of text points at: `Step 1, 2`, `1-3`, `all previous steps`, "no dependency on Step 4"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NOTHING = frozenset({"", "none", "nothing", "n/a", "na", "no", "nil", "-", "–", "—", "no dependencies", "independent"})
_FILLERS = frozenset({"and", "or", "plus", "both", "the", "also", "from", "all", "of", "on", "depends", "requires"})
_STEP_WORDS = frozenset({"step", "steps"})
_GROUP_WORDS = frozenset({"milestone", "milestones", "phase", "phases"})
_RANGE_WORDS = frozenset({"-", "–", "—", "to", "through", "until"})

_TOKEN = re.compile(r"#?[0-9]+(?:\.[0-9]+)*[a-z]?(?![A-Za-z0-9])|[A-Za-z_]\w*|[-–—,;&+/]|\S", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)*[a-z]?", re.IGNORECASE)
_NOTE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_CLAUSE = re.compile(r"[.!?;:](?=\s|$)|\n\s*\n|\n\s*[-*+] |,?\s+(?:but|however|although|though)\b")
_NEGATION = re.compile(r"\b(?:no|not|never|without|neither|nor|independent(?:ly)?)\b|n['’]t\b", re.IGNORECASE)
_DEPENDS = re.compile(
    r"\b(?:depend(?:s|ent|ing)?\s+(?:up)?on|dependenc(?:y|ies)\s+(?:up)?on|blocked\s+by"
    r"|requires?(?=\s+(?:the\s+|completion\s+of\s+|completed\s+)?steps?\b))",
    re.IGNORECASE,
)
_ALL_BEFORE = re.compile(r"\b(?:all|every)\s+(?:the\s+)?(?:previous|prior|preceding|earlier)(?:\s+steps?)?\b", re.IGNORECASE)
_ONE_BEFORE = re.compile(r"\b(?:previous|prior|preceding)\s+step\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reference can point at: step keys in plan order, and the keys of each group by its number."""

    keys: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class References:
    """`found` are keys of the plan; `outside` is what else was named, as written."""

    found: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()

    def __add__(self, other: References) -> References:
        return References(_unique(self.found + other.found), _unique(self.outside + other.outside))


def declared(text: str, plan: Plan, own: str) -> References:
    """The references in the value of a `Depends on` field of step `own`; bare numbers are steps there."""
    result = References()
    for clause in _clauses(text):
        if clause.strip(" *_`.").lower() in NOTHING or _NEGATION.search(clause):
            continue
        result += _relative(clause, plan, own) or _read(clause, plan, bare=True)
    return result


def mentioned(prose: str, plan: Plan, own: str) -> References:
    """The references in running text: only what stands behind "depends on", "blocked by" or "requires step"."""
    result = References()
    if "epend" not in prose and "locked by" not in prose and "equire" not in prose:
        return result
    for clause in _clauses(prose):
        verb = _DEPENDS.search(clause)
        if verb and not _NEGATION.search(clause, 0, verb.end()):
            tail = clause[verb.end() :]
            found = _relative(tail, plan, own) or References(_read(tail, plan, bare=False).found)
            result += found
    return result


def _clauses(text: str) -> Iterator[str]:
    while (shorter := _NOTE.sub(" ", text)) != text:
        text = shorter
    return (clause for clause in _CLAUSE.split(text) if clause)


def _relative(clause: str, plan: Plan, own: str) -> References | None:
    """References by position: "all previous steps", "the previous step"."""
    before = plan.keys[: plan.keys.index(own)] if own in plan.keys else ()
    if _ALL_BEFORE.search(clause):
        return References(before)
    return References(before[-1:]) if _ONE_BEFORE.search(clause) else None


def _read(clause: str, plan: Plan, bare: bool) -> References:
    """Walk over the words: numbers count while the last telling word was "step" (or, if `bare`, none was)."""
    found: list[str] = []
    outside: list[str] = []
    kind = "step" if bare else ""
    tokens = _TOKEN.findall(clause)
    position = 0
    while position < len(tokens):
        token = tokens[position]
        word = token.lower()
        position += 1
        if _NUMBER.fullmatch(token):
            if kind:
                last = _range_end(tokens, position)
                position += 2 if last else 0
                _resolve(kind, token, last, plan, found, outside)
        elif word in _STEP_WORDS:
            kind = "step"
        elif word in _GROUP_WORDS:
            kind = "group"
        elif token[0].isalnum() and word not in _FILLERS:
            kind = ""
        elif token in (",", ";") and bare and not kind:
            kind = "step"
    rest = clause.strip(" \t\n-*_")
    return References(_unique(found), _unique(outside) if found or outside or not bare else _named(rest))


def _named(rest: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip(" `*_") for part in rest.split(",")) if name.lower() not in NOTHING)


def _range_end(tokens: Sequence[str], position: int) -> str | None:
    if position + 1 >= len(tokens) or tokens[position].lower() not in _RANGE_WORDS:
        return None
    return tokens[position + 1] if _NUMBER.fullmatch(tokens[position + 1]) else None


def _resolve(kind: str, first: str, last: str | None, plan: Plan, found: list[str], outside: list[str]) -> None:
    name = "Step" if kind == "step" else "Milestone"
    known = {key.lower(): (key,) for key in plan.keys} if kind == "step" else plan.groups
    order = list(known)
    ends = [first.lower()] if last is None else [first.lower(), last.lower()]
    missing = [end for end in ends if end not in known]
    outside.extend(f"{name} {end}" for end in missing)
    if missing:
        ends = [end for end in ends if end in known]
        span = ends
    else:
        span = order[order.index(ends[0]) : order.index(ends[-1]) + 1]
    for end in span:
        found.extend(known[end])


def _unique(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
