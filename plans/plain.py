"""Parsed values as plain JSON values, with lines counted from wherever the caller wants.

`dataclasses.asdict` copies every leaf and takes twenty times as long, which for a plan of 10,000 steps is ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, fields
from typing import Any

LINES = frozenset({"line", "start", "end"})
"""Fields that hold a line number, in every value of `plans.types`."""
_NO_LINES = frozenset({str, bool, float, type(None)})
"""Leaves that are as they are whatever lines are counted from."""
_LEAF_TYPES = frozenset({"str", "int", "bool", "float", "None"})

Writer = Callable[[Any, int], Any]


def plain(value: Any, by: int = 0) -> Any:
    """Dataclasses as dicts by field name, tuples as lists; every line number is `by` higher."""
    return _WRITERS[type(value)](value, by)


def _leaf(value: Any, by: int) -> Any:
    return value


def _list(value: Any, by: int) -> list[Any]:
    return [plain(part, by) for part in value]


def _mapping(value: dict[str, Any], by: int) -> dict[str, Any]:
    return {
        name: part if type(part) in _NO_LINES else _number(name, part, by) if type(part) is int else plain(part, by)
        for name, part in value.items()
    }


def _number(name: str, value: int, by: int) -> int:
    return value + by if name in LINES else value


def written_out(expression: str, **known: object) -> Any:
    """A function of `value` and `by`. What is done with each field of a dataclass is written out, as its `__init__` is:
    to ask each value for its type takes three times as long."""
    return eval(f"lambda value, by: {expression}", known)  # noqa: S307 - it holds names of our own fields only


class _Writers(dict[type, Writer]):
    """What makes a plain value of each type."""

    def __missing__(self, kind: type[Any]) -> Writer:
        pairs = ", ".join(f"{field.name!r}: {_expression(field)}" for field in fields(kind))
        self[kind] = writer = written_out(f"{{{pairs}}}", plain=plain)
        return writer


def _expression(field: Field[Any]) -> str:
    """What a field becomes, by its type as it is written."""
    value, type_ = f"value.{field.name}", str(field.type)
    if field.name in LINES:
        return f"{value} + by"
    if _LEAF_TYPES.issuperset(type_.split(" | ")):
        return value
    return f"list({value})" if type_ == "tuple[str, ...]" else f"plain({value}, by)"


_WRITERS = _Writers(dict.fromkeys((int, *_NO_LINES), _leaf) | {tuple: _list, list: _list, dict: _mapping})
