"""Parsed values as plain JSON values, with lines counted from wherever the caller wants.

`dataclasses.asdict` copies every leaf and takes ten times as long, which for a plan of 10,000 steps is ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import cache
from operator import attrgetter
from typing import Any

LINES = frozenset({"line", "start", "end"})
"""Fields that hold a line number, in every value of `plans.types`."""
_LEAVES = frozenset({str, int, bool, float, type(None)})
_NO_LINES = _LEAVES - {int}
"""Leaves that are as they are whatever lines are counted from."""


def plain(value: Any, by: int = 0) -> Any:
    """Dataclasses as dicts by field name, tuples as lists; every line number is `by` higher."""
    kind: Any = type(value)
    if kind in _LEAVES:
        return value
    if kind is tuple or kind is list:
        return [plain(part, by) for part in value]
    pairs = value.items() if kind is dict else _fields(value, kind)
    return {
        name: part if type(part) in _NO_LINES else _number(name, part, by) if type(part) is int else plain(part, by)
        for name, part in pairs
    }


def _number(name: str, value: int, by: int) -> int:
    return value + by if name in LINES else value


def _fields(value: Any, kind: Any) -> Iterable[tuple[str, Any]]:
    names, values = _names(kind)
    return zip(names, values(value), strict=True)


@cache
def _names(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a dataclass's fields, two at least, and what takes their values from one."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)
