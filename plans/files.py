"""The files a step says it creates or changes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plans.commands import is_command
from plans.document import Document
from plans.fields import Field

_CODE = re.compile(r"`([^`]+)`")
_VERB = re.compile(r"(?:create|modify|new|update|edit|add|change|delete|remove|test|tests)[ \t]*:[ \t]*", re.IGNORECASE)
_NOTE = re.compile(r"(?<![ \t])[ \t]+(?:[-–—]|\()[ \t]*|:[ \t]+")
_PLACE = re.compile(r":[0-9]+(?:[-–:][0-9]+)?$")
_PATH = re.compile(
    r"[^\s`*?|\"<>][^`|\"<>]*(?:\.[\w-]+|/)$|[\w.@+-]+(?:/[\w.@+*-]+)+$|\.?[A-Z][A-Za-z]*file$|\.[\w-]+$"
)


def read_files(document: Document, fields: Sequence[Field]) -> tuple[str, ...]:
    """Paths in the order they stand, each once, without line numbers and notes."""
    found = [path for field in fields for line in _lines(document, field) for path in paths_in(line)]
    return tuple(dict.fromkeys(found))


def _lines(document: Document, field: Field) -> Iterator[str]:
    if field.inline:
        yield from [field.inline] if "`" in field.inline else field.inline.split(",")
    items = {item.line: item.text for item in document.items_in(field.line + 1, field.end)}
    for line, text in document.plain_lines(field.line + 1, field.end):
        yield items.get(line, text)


def paths_in(line: str) -> Iterator[str]:
    """The paths that a line names in backticks; in a line without any, the one that it is."""
    coded = _CODE.findall(line)
    for text in coded or [_VERB.sub("", line.strip(), count=1)]:
        path = text.strip() if coded else _NOTE.split(text, maxsplit=1)[0].strip()
        path = _PLACE.sub("", path).removeprefix("./")
        if _PATH.match(path) and not is_command(path):
            yield path
