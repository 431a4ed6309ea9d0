"""Steps that only hold others: their parts are the work, and stand in for them wherever they are named. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Content = Mapping[str, Any]
Parts = Mapping[str, tuple[str, ...]]
"""The key of each step that only holds others → the keys of the work in it, in plan order."""


def parts_of(steps: Sequence[Content]) -> Parts:
    """What stands for the steps that have parts and nothing to be checked of their own."""
    inside: dict[str, list[str]] = {}
    for step in steps:
        if step.get("parent"):
            inside.setdefault(step["parent"], []).append(step["key"])
    holders = {step["key"] for step in steps if step["key"] in inside and not step["checks"]}
    return {key: tuple(_work_in(key, inside, holders)) for key in holders}


def _work_in(key: str, inside: Mapping[str, Sequence[str]], holders: set[str]) -> list[str]:
    found: list[str] = []
    for part in inside[key]:
        found += _work_in(part, inside, holders) if part in holders else [part]
    return found


def resolved(keys: Sequence[str], parts: Parts, own: str = "") -> tuple[str, ...]:
    """These keys with the work in place of what only holds it; `own` is left out."""
    return tuple(dict.fromkeys(key for named in keys for key in parts.get(named, (named,)) if key != own))


def needed(step: Content, by_key: Mapping[str, Content], parts: Parts) -> tuple[str, ...]:
    """The work that a step waits for: its own dependencies and those of the steps it is a part of."""
    wanted, above = list(step["depends_on"]), step.get("parent") or ""
    while above in parts:
        wanted += by_key[above]["depends_on"]
        above = by_key[above].get("parent") or ""
    return resolved(wanted, parts, step["key"])
