"""Frozen values that are made by the ten thousand."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def quickly_made(kind: type[T]) -> type[T]:
    """A frozen dataclass with slots whose `__init__` fills each slot itself. The one that `dataclass` writes looks each
    name up anew, which takes nearly twice as long. The values stay frozen."""
    known: dict[str, Any] = {"MISSING": MISSING}
    parameters, body = [], []
    for field in fields(kind):  # type: ignore[arg-type]
        known |= {f"set_{field.name}": kind.__dict__[field.name].__set__, f"default_{field.name}": field.default}
        known[f"make_{field.name}"] = field.default_factory
        parameters.append(field.name + _default(field))
        body.append(f"    set_{field.name}(self, {_value(field)})")
    exec("\n".join((f"def __init__(self, {', '.join(parameters)}):", *body)), known)  # noqa: S102 - names of our own
    kind.__init__ = known["__init__"]  # type: ignore[method-assign]
    return kind


def _default(field: Field[Any]) -> str:
    is_needed = field.default is MISSING and field.default_factory is MISSING
    return "" if is_needed else f"=default_{field.name}"


def _value(field: Field[Any]) -> str:
    if field.default_factory is MISSING:
        return field.name
    return f"make_{field.name}() if {field.name} is MISSING else {field.name}"
