"""Labelled parts of a step: `**Objective**: …`, `**Files:**`, `Depends on: …`, `#### Acceptance criteria`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from plans.document import Document
from plans.types import Part, Span

NAMES: Mapping[str, str] = {
    "objective": "objective",
    "goal": "objective",
    "acceptance criteria": "criteria",
    "acceptance criterion": "criteria",
    "criteria": "criteria",
    "depends on": "depends",
    "depends": "depends",
    "dependencies": "depends",
    "dependency": "depends",
    "blocked by": "depends",
    "files": "files",
    "files to create": "files",
    "files to modify": "files",
    "files to create/modify": "files",
    "files to create / modify": "files",
    "files to create or modify": "files",
    "files to create and modify": "files",
    "files to change": "files",
    "files touched": "files",
    "owner": "owner",
    "agent": "owner",
    "owner/agent": "owner",
    "assignee": "owner",
    "assigned to": "owner",
}
"""How teams write a label → our word for it."""

MORE_NAMES: Mapping[str, str] = {
    "principal owner": "owner",
    "deps": "depends",
    "prerequisites": "depends",
    "pass when": "criteria",
    "success criteria": "criteria",
    "done when": "criteria",
    "blast radius": "blast_radius",
    "test scope": "blast_radius",
    "tests": "tests",
    "testing": "tests",
    "model": "model",
    "parallel": "parallel",
    "status": "status",
    "type": "kind",
    "spec source": "spec_source",
    "skills": "tags",
    "deliverables": "deliverables",
    "deliver": "deliverables",
}
"""Labels that count only where they open a line, not behind a bullet."""

_LABEL = re.compile(
    r"(?P<bullet>[-*+][ \t]+(?!\[))?"
    r"(?:(?:\*\*|__)(?P<bold>[^*_:]{1,60})(?P<inner>:?)(?:\*\*|__)[ \t]*(?P<outer>:?)[ \t]*(?P<beside>.*)"
    r"|(?P<plain>[A-Za-z][A-Za-z /]{3,30}):[ \t]*(?P<behind>.*))"
)
_SIDE_BY_SIDE = re.compile(r"(?<![ \t])[ \t]+[|·•][ \t]+(?=\*\*)")


class Field(NamedTuple):
    """`inline` is the text beside the label; the body is on the lines behind it up to `end` (≥ `line`)."""

    name: str
    line: int
    end: int
    inline: str

    def text(self, document: Document) -> str:
        below = document.part(self.line + 1, self.end)
        return "\n".join([piece for piece in (self.inline, below.text if below else "") if piece])

    def part(self, document: Document) -> Part | None:
        """The field's value as plan text: from beside the label on."""
        below = document.part(self.line + 1, self.end)
        if not self.inline:
            return below
        if below is None:
            return Part(self.inline, Span(self.line, self.line))
        return Part(f"{self.inline}\n{below.text}", Span(self.line, below.span.end))


def read_fields(document: Document, start: int, end: int) -> tuple[Field, ...]:
    """The known fields on lines `start`…`end`. A field ends at the next label, heading or rule."""
    borders = [(heading.line, _opening_name(heading.text), "") for heading in document.headings_in(start, end)]
    borders += [(rule, "", "") for rule in document.rules_in(start, end)]
    for line in document.labels_in(start, end):
        text = document.lines[line - 1]
        for piece in _SIDE_BY_SIDE.split(text) if " | " in text else (text,):
            label = _label(piece)
            if label is not None:
                borders.append((line, *label))
    borders.sort(key=itemgetter(0))
    ends = [line - 1 for line, _, _ in borders[1:]]
    ends.append(end)
    found = zip(borders, ends, strict=False)
    return tuple([Field(name, line, max(line, last), inline) for (line, name, inline), last in found if name])


def _label(text: str) -> tuple[str, str] | None:
    match = _LABEL.match(text)
    if match is None:
        return None
    bullet, bold, inner, outer, rest, plain, behind = match.groups()
    if bold is None:
        name = field_name(plain)
        return (name, behind.strip()) if name else None
    if rest and not (inner or outer):
        return None
    name = field_name(bold) if bullet else _opening_name(bold)
    return (name, rest.strip()) if name or not bullet else None


LONGEST_NAME = 200
"""Characters that are looked at for a name: what is remembered stays small, whatever headings a file holds."""


@lru_cache(maxsize=2048)
def _plain_name(text: str) -> str:
    return " ".join(text.strip(" \t*_:").lower().split())


def field_name(text: str) -> str:
    """Our word for a label or heading, "" when it names no field."""
    return NAMES.get(_plain_name(text[:LONGEST_NAME]), "")


@lru_cache(maxsize=2048)
def _name_that_opens(text: str) -> str:
    name = _plain_name(text)
    return NAMES.get(name) or MORE_NAMES.get(name, "")


def _opening_name(text: str) -> str:
    return _name_that_opens(text[:LONGEST_NAME])
