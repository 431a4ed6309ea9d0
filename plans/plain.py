"""Parsed values as plain JSON values, with lines counted from wherever the caller wants.

`dataclasses.asdict` copies every leaf and takes ten times as long, which for a plan of 10,000 steps is ten seconds.
"""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

LINES = frozenset({"line", "start", "end"})
"""Fields that hold a line number, in every value of `plans.types`."""
_LEAVES = frozenset({str, int, bool, float, type(None)})


def plain(value: Any, by: int = 0) -> Any:
    """Dataclasses as dicts by field name, tuples as lists; every line number is `by` higher."""
    kind: Any = type(value)
    if kind in _LEAVES:
        return value
    if kind is tuple or kind is list:
        return [plain(part, by) for part in value]
    pairs = value.items() if kind is dict else ((name, getattr(value, name)) for name in _names(kind))
    return {name: _field(name, part, by) for name, part in pairs}


def _field(name: str, value: Any, by: int) -> Any:
    if type(value) in _LEAVES:
        return value + by if by and name in LINES and type(value) is int else value
    return plain(value, by)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
