"""`signalbox.toml`: read into its model, with what is wrong in it as problems with their lines. Never an exception."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agents.configuration.lines import Path, line_of, lines_of
from agents.configuration.model import Settings, Table
from agents.configuration.values import guideline_path, level_of, wrong_values
from agents.registry.types import Problem

PATH = "signalbox.toml"
LARGEST_BYTES = 64_000
MOST_PROBLEMS = 100
MOST_SHOWN = 80
"""Characters of a value that a sentence shows."""
_NOT_READABLE = f"make it a regular file of at most {LARGEST_BYTES} bytes; links are not followed."
_EXPECTED = {
    "tuple_type": "a list, as in {name} = [\"…\"]", "string_type": "text in quotes", "dict_type": "a table",
    "model_type": "a table", "literal_error": "the name of a guard that advises: {expected}",
}  # fmt: skip
_PLACE = re.compile(r" \(at (?:line (\d+)|end of document).*")


@dataclass(frozen=True, slots=True)
class Stated:
    """One field as the file has it. `used` is False where the engine does nothing with it yet."""

    name: str
    value: Any
    line: int
    used: bool

    @property
    def text(self) -> str:
        """The value on one line."""
        if isinstance(self.value, dict):
            pairs = ((key, item if isinstance(item, str) else ", ".join(item)) for key, item in self.value.items())
            return "; ".join(f"{key}: {item}" for key, item in pairs)
        return self.value if isinstance(self.value, str) else ", ".join(self.value)


@dataclass(frozen=True, slots=True)
class Configuration:
    """`settings` holds what could be read; `lines` say where each value stands. `found` is False without a file."""

    settings: Settings = field(default_factory=Settings)
    problems: tuple[Problem, ...] = ()
    lines: Mapping[Path, int] = field(default_factory=dict)
    found: bool = False

    def line(self, *path: str | int) -> int:
        """The line of a value, else of what is around it."""
        return line_of(self.lines, path)

    def stated(self) -> Iterator[Stated]:
        """Each field that the file states, in its order."""
        return iter(sorted(_stated(self.settings, (), self.lines), key=lambda one: one.line))

    def guidelines_of(self, agent: str) -> tuple[str, ...]:
        """`path` or `path#section` of each file that an agent reads first, each once."""
        named = self.settings.agents.guidelines
        return tuple(dict.fromkeys((*named.get("*", ()), *named.get(agent, ()))))


def read(data: bytes | None, *, present: bool = False) -> Configuration:
    """The configuration of a repository; `data` None: it has no such file, or, where one is `present`, a link or a very
    large one. What cannot be read is left out and named."""
    if data is None and not present:
        return Configuration()
    if data is None:
        return Configuration(found=True, problems=(Problem(PATH, 1, "error", "not-readable", _NOT_READABLE),))
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    try:
        lines = _checked(data, text)
        reading = _Reading(tomllib.loads(text), dict(lines), [])
        settings = reading.settings()
    except (ValueError, RecursionError) as error:
        return Configuration(found=True, problems=(_unreadable(error, text),))
    problems = sorted(reading.problems, key=lambda problem: problem.line)
    return Configuration(settings, tuple(problems), reading.lines, found=True)


def _checked(data: bytes, text: str) -> Mapping[Path, int]:
    """Where the values of the text stand. Raises ValueError for what is not worth reading."""
    if len(data) > LARGEST_BYTES:
        raise ValueError(f"the file is larger than {LARGEST_BYTES} bytes")
    data.decode("utf-8-sig")
    return lines_of(text)


def _unreadable(error: Exception, text: str) -> Problem:
    if isinstance(error, RecursionError):
        return Problem(PATH, 1, "error", "not-toml", "tables or lists lie too deep in each other; write them flatter.")
    place = _PLACE.search(str(error))
    line = int(place[1] or text.count("\n") + 1) if place else 1
    return Problem(PATH, line, "error", "not-toml", f"write the file as TOML: {_PLACE.sub('', str(error))}.")


@dataclass(slots=True)
class _Reading:
    """A table on its way into the model: each thing that does not fit is named, then left out. Raises ValueError where
    that would be most of it."""

    table: dict[str, Any]
    lines: dict[Path, int]
    problems: list[Problem]

    def settings(self) -> Settings:
        """First what the model refuses; what only follows from leaving that out is not named."""
        settings = self._fitting(self.problems)
        wrong = list(wrong_values(settings, ()))
        self.problems += [Problem(PATH, line_of(self.lines, path), *rest) for path, rest in wrong]
        self._leave_out(path for path, (level, _, _) in wrong if level == "error")
        return self._fitting([])

    def _fitting(self, named: list[Problem]) -> Settings:
        try:
            return Settings.model_validate(_tuples(self.table))
        except ValidationError as error:
            found = error.errors(include_url=False)
        named += [_problem(one, self.lines) for one in found]
        self._leave_out(_removable(self.table, one["loc"]) for one in found)
        return self._fitting([])

    def _leave_out(self, paths: Iterable[Path]) -> None:
        paths = set(paths)
        if len(paths) > MOST_PROBLEMS:
            raise ValueError(f"more than {MOST_PROBLEMS} of its values are no fields of this file, or do not fit")
        # Backwards, so that the places of a list's items hold until they are left out.
        for path in sorted(paths, key=lambda path: [(isinstance(p, int), p) for p in path], reverse=True):
            if _remove(self.table, path):
                self.lines = dict(_without(self.lines, path))


def _without(lines: Mapping[Path, int], gone: Path) -> Iterator[tuple[Path, int]]:
    """The lines after a value has gone: the items of a list behind it move up."""
    *around, last = gone
    depth = len(around)
    for path, line in lines.items():
        if path[: depth + 1] == gone:
            continue
        key = path[depth] if path[:depth] == tuple(around) and len(path) > depth else None
        if isinstance(last, int) and isinstance(key, int) and key > last:
            yield (*around, key - 1, *path[depth + 1 :]), line
        else:
            yield path, line


def _tuples(value: Any) -> Any:
    """TOML's lists as the tuples of the model: it is strict, so that `1` is no text."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _problem(error: ErrorDetails, lines: Mapping[Path, int]) -> Problem:
    path = error["loc"]
    name = str(path[-1])
    line = line_of(lines, path)
    match error["type"]:
        case "extra_forbidden":
            where = f"[{_table(path)}]" if _table(path) else "this file"
            words = f"“{name}” is no field of {where}; see docs/configuration.md."
            return Problem(PATH, line, "error" if len(path) == 1 else level_of(path), "unknown-field", words)
        case "missing":
            words = f"add “{name}” to [{_table(path)}]; without it this entry says nothing."
            return Problem(PATH, line, level_of(path), "missing-field", words)
        case kind:
            expected = _EXPECTED.get(kind, "something else").format(name=name, **_choices(error))
            return Problem(PATH, line, level_of(path), "wrong-value", f"{_called(error)} has to be {expected}.")


def _table(path: Path) -> str:
    return ".".join(str(part) for part in path[:-1] if isinstance(part, str))


def _called(error: ErrorDetails) -> str:
    """What does not fit, in words: a choice by itself, an item of a list by its place, anything else by its name."""
    *around, last = error["loc"]
    if error["type"] == "literal_error":
        return f"“{str(error['input'])[:MOST_SHOWN]}”"
    return f"item {last + 1} of “{around[-1]}”" if isinstance(last, int) and around else f"“{last}”"


def _choices(error: ErrorDetails) -> Mapping[str, str]:
    """The names that a choice is among, as a list in words."""
    return {"expected": error.get("ctx", {}).get("expected", "").replace("'", "").replace(" or ", ", ")}


def _removable(table: dict[str, Any], path: Path) -> Path:
    """What to leave out so that the rest is read: the value itself, or what lacks it."""
    value: Any = table
    for depth, key in enumerate(path):
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return path[:depth]
    return path


def _remove(table: dict[str, Any], path: Path) -> bool:
    """False where it has gone already, with what was around it."""
    value: Any = table
    try:
        for key in path[:-1]:
            value = value[key]
        del value[path[-1]]
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _stated(table: Table, at: Path, lines: Mapping[Path, int]) -> Iterator[Stated]:
    for name, info in type(table).model_fields.items():
        path, value = (*at, name), getattr(table, name)
        items = [(path, value)] if isinstance(value, Table) else [((*path, i), v) for i, v in enumerate(value or ())]
        inner = [(place, item) for place, item in items if isinstance(item, Table)]
        for place, item in inner:
            yield from _stated(item, place, lines)
        if path in lines and not inner:
            extra = info.json_schema_extra
            used = isinstance(extra, dict) and bool(extra["used"])
            yield Stated(".".join(str(part) for part in path), value, lines[path], used)


__all__ = ["PATH", "Configuration", "Stated", "guideline_path", "read"]
