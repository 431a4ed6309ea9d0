"""Texts from outside: models and repositories say what is no text, and JSON can write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def characters(text: str) -> str:
    """The text with a sign for each half of a surrogate pair that stands alone: no file and no network takes it."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def storable(text: str) -> str:
    """The same with a sign for each NUL as well, which no database keeps."""
    return characters(text).replace("\0", "␀")


def throughout(change: Callable[[str], str], value: Any) -> Any:
    """A JSON value with each text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {change(key) if isinstance(key, str) else key: throughout(change, item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [throughout(change, item) for item in value]
    return value
