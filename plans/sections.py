"""Parts of a plan by their headings, however they are numbered, marked or capitalised."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from plans.blocks import Heading
from plans.document import Document
from plans.types import Group, Section, Span

_LEAD = re.compile(r"[ \t]*(?:[0-9]+(?:\.[0-9]+)*[.):]?[ \t]+|[^\w\s<\[(`]+[ \t]*)+")
_NUMBERED = re.compile(
    r"(?P<key>(?:Phase|Milestone|Chunk|Sprint|Epic|Part|Group|Stage)[ \t]+"
    r"(?:[0-9]{1,9}(?:\.[0-9]{1,9}){0,9}[A-Za-z]?|[A-Z])\b|M[0-9]{1,9}\b)"
    r"[ \t]*[:—–.-]*[ \t]*(?P<title>.*)$",
    re.IGNORECASE,
)
LONGEST_GROUP = 180
"""Characters of a heading that are its group's key."""
LONGEST_NAME = 500
"""Characters of a heading that are looked at for its name: no section is called so long."""


def section_name(text: str) -> str:
    """A heading in lower case without its number, leading marks, emphasis and what follows in brackets."""
    return _section_name(text[:LONGEST_NAME])


@lru_cache(maxsize=4096)
def _section_name(text: str) -> str:
    lead = _LEAD.match(text)
    name = text[lead.end() :] if lead else text
    name = name.replace("**", "").replace("`", "").strip(" \t*_:.").lower()
    return " ".join(name.partition(" (")[0].split())


def section_span(document: Document, heading: Heading) -> Span:
    """The lines below a heading, up to the next of its own or a higher level."""
    place = bisect_right(document.heading_lines, heading.line)
    later = (other.line - 1 for other in document.headings[place:] if other.level <= heading.level)
    return Span(heading.line + 1, next(later, len(document.lines)))


def find_section(document: Document, names: Sequence[str], start: int = 1, end: int | None = None) -> Section | None:
    """The first part whose heading has one of these names (in lower case); the names are tried in their order."""
    headings = document.headings_in(start, len(document.lines) if end is None else end)
    known: dict[str, Heading] = {}
    for heading in headings:
        known.setdefault(section_name(heading.text), heading)
    found = next((known[name] for name in names if name in known), None)
    return Section(names[0], found.text, section_span(document, found)) if found else None


def title_of(document: Document) -> str:
    """The only top heading, else the file's name without its ending."""
    top = [heading for heading in document.headings if heading.level == 1]
    if len(top) == 1 or (top and top[0].line == min(heading.line for heading in document.headings)):
        return top[0].text.strip()
    return stem(document)


def stem(document: Document) -> str:
    name = document.name.partition("#")[0]
    return name.rpartition(".")[0] or name


class Grouping:
    """Which group a line stands in: the nearest of the chosen headings above it. `used` are those asked for."""

    def __init__(self, headings: Sequence[Heading]) -> None:
        self._lines = [heading.line for heading in headings]
        self._headings = headings
        self._found: dict[int, Group] = {}
        self._counts: dict[str, int] = {}

    def at(self, line: int) -> str | None:
        place = bisect_right(self._lines, line) - 1
        if place < 0:
            return None
        if place not in self._found:
            self._found[place] = self._named(self._headings[place])
        return self._found[place].key

    @property
    def used(self) -> tuple[Group, ...]:
        return tuple(self._found[place] for place in sorted(self._found))

    def _named(self, heading: Heading) -> Group:
        match = _NUMBERED.match(heading.text.strip("*_✅ "))
        name = " ".join(match["key"].split()) if match else heading.text[:LONGEST_GROUP]
        count = self._counts[name] = self._counts.get(name, 0) + 1
        key = f"{name} #{count}" if count > 1 else name
        title = (match["title"] if match else heading.text).strip(" *_") or name
        return Group(key, title, heading.line)
