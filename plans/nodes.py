"""The values of frontmatter, each with its place in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# possessive quantifiers (`*+`): what was read is never given back, so that no line is read twice
QUOTED = re.compile(r""""(?P<double>[^"\\]*+(?:\\.[^"\\]*+)*+)"|'(?P<single>[^']*+(?:''[^']*+)*+)'""")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


@dataclass(slots=True)
class Node:
    """A value: scalar `text`, or `items` of a list, or `fields` of a mapping. `line` and `column` are where its scalar
    starts (quotes included), `width` its length in the source line; 0 when it spans several lines. A mapping has a
    `width` only where it is written in braces."""

    line: int
    text: str = ""
    column: int = 0
    width: int = 0
    items: list[Node] = field(default_factory=list)
    fields: dict[str, Node] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The scalar under a key, "" when there is none."""
        node = self.fields.get(name)
        return node.flat if node else ""

    @property
    def flat(self) -> str:
        """The value as one text: a list's members joined by commas."""
        return ", ".join(node.flat for node in self.items) if self.items else self.text


def scalar(text: str) -> str:
    """The value that a scalar stands for: without quotes, escapes resolved, null as nothing."""
    if text[:1] not in ('"', "'"):
        return "" if text in ("null", "~") else text
    match = QUOTED.match(text)
    if match is None:
        return text.strip(text[0])
    if text[0] == "'":
        return match["single"].replace("''", "'")
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), match["double"])
