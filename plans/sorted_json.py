"""Parsed values as JSON text, with keys in the order of their names: what is hashed of a step that is stored."""

from __future__ import annotations

from dataclasses import Field, fields
from json.encoder import encode_basestring
from typing import Any

from plans.plain import LINES, Writer, written_out


def sorted_json(value: Any, by: int = 0) -> str:
    """`json.dumps(plain(value, by), sort_keys=True, ensure_ascii=False)`, without the values in between."""
    return _WRITERS[type(value)](value, by)


def _list(value: tuple[Any, ...], by: int) -> str:
    return f"[{', '.join([sorted_json(part, by) for part in value])}]"


def _mapping(value: dict[str, Any], by: int) -> str:
    pairs = [f"{encode_basestring(name)}: {sorted_json(part, by)}" for name, part in sorted(value.items())]
    return f"{{{', '.join(pairs)}}}"


class _Writers(dict[type, Writer]):
    """What writes a value of each type; a dataclass's is written out as in `plans.plain`."""

    def __missing__(self, kind: type[Any]) -> Writer:
        named = sorted(fields(kind), key=lambda field: field.name)
        text = ", ".join(f'"{field.name}": %s' for field in named)
        values = ", ".join(map(_expression, named))
        expression = f"'{{{text}}}' % ({values},)"
        self[kind] = writer = written_out(expression, sorted_json=sorted_json, quoted=encode_basestring)
        return writer


def _expression(field: Field[Any]) -> str:
    """The text of a field, by its type as it is written; what most steps leave empty needs no call."""
    value, type_ = f"value.{field.name}", str(field.type)
    if field.name in LINES:
        return f"{value} + by"
    if type_ == "str":
        return f"quoted({value})"
    written = f"sorted_json({value}, by)"
    if type_.startswith("tuple"):
        return f"{written} if {value} else '[]'"
    return f"'null' if {value} is None else {written}" if type_.endswith("| None") else written


_WRITERS = _Writers(
    {
        str: lambda value, by: encode_basestring(value),
        int: lambda value, by: int.__repr__(value),
        bool: lambda value, by: "true" if value else "false",
        type(None): lambda value, by: "null",
        tuple: _list,
        dict: _mapping,
    }
)
