"""What can be wrong with values of the right type: regular expressions, paths, rules that never apply."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from agents.configuration.linear import Expression, Refused
from agents.configuration.lines import Path
from agents.configuration.model import Rule, Table
from agents.registry.types import Level

Wrong = tuple[Path, tuple[Level, str, str]]
"""where it is; level, code and message"""


def guideline_path(entry: str) -> tuple[str, str]:
    """Path and section ("" for the whole file) of a guideline's entry."""
    path, _, section = entry.partition("#")
    return path.strip(), section.strip()


_ACTED_ON = frozenset({"agents", "setup", "checks", "forbidden", "guards"})
"""Tables without whose values a run would do other than what is written: no fence, a check less, no setup."""


def level_of(path: Path) -> Level:
    """An error only where the engine would otherwise do other than what is written."""
    return "error" if path[0] in _ACTED_ON else "warning"


def wrong_values(settings: Table, at: Path) -> Iterator[Wrong]:
    """Each wrong value of a table that stands at a path."""
    for name, info in type(settings).model_fields.items():
        extra = info.json_schema_extra
        kind = str(extra["kind"]) if isinstance(extra, dict) else ""
        for path, value in _leaves(getattr(settings, name), (*at, name)):
            if isinstance(value, Table):
                yield from wrong_values(value, path)
            elif words := _WORDS[kind](str(value)):
                yield path, (_weight(kind, path), f"bad-{kind}", words)
    if isinstance(settings, Rule) and not (settings.titles or settings.paths or settings.kinds):
        yield at, ("warning", "empty-rule", "give the rule titles, paths or kinds; without any it never applies.")


def _weight(kind: str, path: Path) -> Level:
    """A pattern that is not searched is a finding of its own in every step, so a run may begin without it."""
    return "warning" if kind == "regex" else level_of(path)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path, value


def searchable(pattern: str) -> bool:
    """Whether a pattern is searched at all."""
    return not _bad_regex(pattern)


def _bad_regex(pattern: str) -> str:
    try:
        Expression(pattern)
    except Refused as error:
        return f"“{pattern[:80]}” cannot be searched in linear time, so it is not searched: {error}."
    except (re.error, OverflowError, RecursionError) as error:
        return f"“{pattern[:80]}” is no regular expression: {error}."
    return ""


def _bad_path(entry: str) -> str:
    path = guideline_path(entry)[0] if entry else "."
    if not path or "\0" in path or PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        return f"“{entry[:80]}” leads out of the repository; give a path below its top."
    return ""


def _nothing(_: str) -> str:
    return ""


_WORDS = {"": _nothing, "glob": _bad_path, "path": _bad_path, "regex": _bad_regex}
