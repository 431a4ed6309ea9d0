"""The values of frontmatter, each with its place in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

QUOTED = re.compile(r"""\"(?:[^"\\]|\\.)*\"|'(?:[^']|'')*'""")
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
    if text[:1] == '"':
        match = re.match(r'"((?:[^"\\]|\\.)*)"', text)
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), match[1]) if match else text.strip('"')
    if text[:1] == "'":
        match = re.match(r"'((?:[^']|'')*)'", text)
        return match[1].replace("''", "'") if match else text.strip("'")
    return "" if text in ("null", "~") else text
