"""Labelled parts of a step: `**Objective**: …`, `**Files:**`, `Depends on: …`, `#### Acceptance criteria`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from plans.document import Document
from plans.types import Part

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

_BOLD = re.compile(r"(?:\*\*|__)([^*_:]{1,60})(:?)(?:\*\*|__)[ \t]*(:?)[ \t]*(.*)$")
_PLAIN = re.compile(r"([A-Za-z][A-Za-z /]{3,30}):[ \t]*(.*)$")
_SIDE_BY_SIDE = re.compile(r"(?<![ \t])[ \t]+[|·•][ \t]+(?=\*\*)")
_BULLET = re.compile(r"[-*+][ \t]+(?!\[)")


@dataclass(frozen=True, slots=True)
class Field:
    """`inline` is the text beside the label; the body is on the lines behind it up to `end` (≥ `line`)."""

    name: str
    line: int
    end: int
    inline: str

    def text(self, document: Document) -> str:
        body = document.part(self.line + 1, self.end)
        return "\n".join(piece for piece in (self.inline, body.text if body else "") if piece)

    def part(self, document: Document) -> Part | None:
        """The field's value as plan text: from beside the label on."""
        text = self.text(document)
        first = self.line if self.inline else self.line + 1
        body = document.part(first, self.end)
        return Part(text, body.span) if text and body else None


def read_fields(document: Document, start: int, end: int) -> tuple[Field, ...]:
    """The known fields on lines `start`…`end`. A field ends at the next label, heading or rule."""
    borders = sorted(_borders(document, start, end), key=itemgetter(0))
    return tuple(
        Field(name, line, max(line, (borders[place + 1][0] if place + 1 < len(borders) else end + 1) - 1), inline)
        for place, (line, name, inline) in enumerate(borders)
        if name
    )


def _borders(document: Document, start: int, end: int) -> Iterator[tuple[int, str, str]]:
    """(line, our word or "", text beside it) of everything that starts or ends a field."""
    for heading in document.headings_in(start, end):
        yield heading.line, _opening_name(heading.text), ""
    for rule in document.rules_in(start, end):
        yield rule, "", ""
    for line in document.labels_in(start, end):
        text = document.lines[line - 1]
        for piece in _SIDE_BY_SIDE.split(text) if " | " in text else (text,):
            label = _label(piece)
            if label is not None:
                yield line, *label


def _label(text: str) -> tuple[str, str] | None:
    if not text or text[0] in " \t#|>`":
        return None
    bullet = _BULLET.match(text)
    body = text[bullet.end() :] if bullet else text
    bold = _BOLD.match(body)
    if bold:
        rest = bold[4]
        if not (bold[2] or bold[3] or not rest):
            return None
        known = field_name(bold[1]) if bullet else _opening_name(bold[1])
        return (known, rest.strip()) if known or not bullet else None
    plain = _PLAIN.match(body) if ":" in body[:32] else None
    name = field_name(plain[1]) if plain else ""
    return (name, plain[2].strip()) if plain and name else None


LONGEST_NAME = 200
"""Characters that are looked at for a name: what is remembered stays small, whatever headings a file holds."""


@lru_cache(maxsize=2048)
def _plain_name(text: str) -> str:
    return " ".join(text.strip(" \t*_:").lower().split())


def field_name(text: str) -> str:
    """Our word for a label or heading, "" when it names no field."""
    return NAMES.get(_plain_name(text[:LONGEST_NAME]), "")


def _opening_name(text: str) -> str:
    name = _plain_name(text[:LONGEST_NAME])
    return NAMES.get(name) or MORE_NAMES.get(name, "")
