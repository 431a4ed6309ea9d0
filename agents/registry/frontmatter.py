"""The YAML block at the head of a definition, read as plain text values. It was written by others, so it is never
turned into objects: no tags, no anchors, no deep nesting, no large block."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LARGEST_CHARACTERS = 16_000
DEEPEST = 4
MOST_BRACKETS = 500
"""The scanner's time grows with the square of open brackets."""
_UNQUOTED = re.compile(r"([\w-]+):[ \t]+([^\s\"'|>\[{&*!#].*: .*)")
_SIMPLE = re.compile(r"""([A-Za-z][\w-]*): ([A-Za-z0-9][^:#\[\]{}"'|>&*!%@`\t]*)""")

Value = str | list[Any] | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A value with the line of its key. Scalars are their text, whatever YAML would make of it."""

    value: Value
    line: int

    @property
    def text(self) -> str:
        """The value on one line."""
        return self.value.strip() if isinstance(self.value, str) else json.dumps(self.value, ensure_ascii=False)

    @property
    def names(self) -> list[str]:
        """The value as a list of names: a YAML list, or names between commas."""
        value = self.value.strip("[] ").split(",") if isinstance(self.value, str) else list(self.value)
        return [name for item in value if (name := str(item).strip(" \"'"))]


class FrontmatterUnreadable(Exception):
    """The block cannot be read: `line` is 1-based in the file, the message says what to do."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def split(lines: list[str]) -> tuple[list[str], list[str]] | None:
    """The lines of the block and those below it; None where the file does not begin with a block."""
    if not lines or lines[0].rstrip() != "---":
        return None
    end = next((place for place, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    return (lines[1:end], lines[end + 1 :]) if end is not None else None


def read(block: list[str]) -> Mapping[str, Field]:
    """The fields of a block that begins on line 2 of its file. Raises FrontmatterUnreadable."""
    return _simple(block) or _yaml(block)


def _simple(block: list[str]) -> dict[str, Field]:
    """The fields where each line is a word and plain text, as in our own files; else empty. Importing the YAML library
    takes a quarter of a second."""
    found = [_SIMPLE.fullmatch(line.rstrip()) for line in block]
    fields = {match[1]: Field(match[2], line) for line, match in enumerate(found, start=2) if match}
    return fields if len(fields) == len(block) else {}


def _yaml(block: list[str]) -> dict[str, Field]:
    # Other programs take a text with colons as it stands, so definitions in the wild have them unquoted.
    text = "\n".join(_quoted(line) for line in block)
    if len(text) > LARGEST_CHARACTERS or text.count("[") + text.count("{") > MOST_BRACKETS:
        raise FrontmatterUnreadable(1, f"shorten the block: at most {LARGEST_CHARACTERS} characters are read.")
    return _fields(text)


def _quoted(line: str) -> str:
    found = _UNQUOTED.fullmatch(line.rstrip())
    return f"{found[1]}: {json.dumps(found[2], ensure_ascii=False)}" if found else line


def _fields(text: str) -> dict[str, Field]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return _document(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or "no YAML"
        raise FrontmatterUnreadable(mark.line + 2 if mark else 1, f"write the block as YAML: {problem}.") from None
    except YAMLError:
        raise FrontmatterUnreadable(1, "the block holds characters that YAML does not allow; remove them.") from None


def _document(events: Iterator[Any]) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    first = next((event for event in events if "Document" not in _kind(event) and "Stream" not in _kind(event)), None)
    if first is None:
        return fields
    if _kind(first) != "MappingStartEvent":
        raise FrontmatterUnreadable(_line(first), "write `key: value` lines between the two `---` lines.")
    _plain(first)
    for key, value in _pairs(events, 1):
        name = _key(key)
        if name in fields:
            raise FrontmatterUnreadable(_line(key), f"“{name}” stands here twice; keep one.")
        fields[name] = Field(value, _line(key))
    return fields


def _pairs(events: Iterator[Any], depth: int) -> Iterator[tuple[Any, Value]]:
    """Key event and value of each pair, up to the mapping's end."""
    for key in events:
        if _kind(key) == "MappingEndEvent":
            return
        yield key, _value(next(events), events, depth + 1)


def _key(event: Any) -> str:
    if _kind(event) != "ScalarEvent":
        raise FrontmatterUnreadable(_line(event), "a key is a word; write `key: value`.")
    _plain(event)
    return str(event.value)


def _value(event: Any, events: Iterator[Any], depth: int) -> Value:
    _plain(event)
    if depth > DEEPEST:
        raise FrontmatterUnreadable(_line(event), f"values are read {DEEPEST - 1} levels deep; write it flatter.")
    if _kind(event) == "MappingStartEvent":
        return {_key(key): value for key, value in _pairs(events, depth)}
    if _kind(event) == "SequenceStartEvent":
        return list(_items(events, depth))
    return str(event.value)


def _items(events: Iterator[Any], depth: int) -> Iterator[Value]:
    for event in events:
        if _kind(event) == "SequenceEndEvent":
            return
        yield _value(event, events, depth + 1)


def _plain(event: Any) -> None:
    """Anchors multiply what is read and tags name types: neither has a place here."""
    if getattr(event, "anchor", None) or getattr(event, "tag", None):
        raise FrontmatterUnreadable(_line(event), "anchors (&, *) and tags (!) are not read; write the value itself.")


def _kind(event: Any) -> str:
    """By name: naming the classes would import the library for whoever reads no block."""
    return type(event).__name__


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 2
