"""Which steps of a plan a person wants: "all", "3-5", "steps 1, 4", "skip 2" and any mixture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from orchestrator.exceptions import PersonError

_WORD = re.compile(r"^(only|steps?|skip|without|all)$", re.IGNORECASE)


def in_scope(scope: str, keys: Sequence[str], parts: Mapping[str, Sequence[str]] | None = None) -> set[str]:
    """The keys that a scope chooses, of a plan's keys in plan order; with a key come its `parts`.

    Raises PersonError for a word or a key that is not in the plan."""
    chosen: set[str] = set()
    dropped: set[str] = set()
    target, named = chosen, False
    for word in re.findall(r"[^\s,;]+", scope.replace("–", "-")):
        if _WORD.match(word):
            target = dropped if word.lower() in ("skip", "without") else chosen
            continue
        found = _keys(word, keys)
        named = named or target is chosen
        target.update(found, *((parts or {}).get(key, ()) for key in found))
    return (chosen if named else set(keys)) - dropped


def _keys(word: str, keys: Sequence[str]) -> list[str]:
    if word in keys:
        return [word]
    for at in (i for i, letter in enumerate(word) if letter == "-"):
        first, last = word[:at], word[at + 1 :]
        if first in keys and last in keys:
            start, end = keys.index(first), keys.index(last)
            if start <= end:
                return list(keys[start : end + 1])
    raise PersonError(f"The scope names '{word}', but the plan has these steps: {', '.join(keys)}.")
