"""Values in braces and brackets on one line (`{id: lend, status: "done"}`), as YAML's flow style writes them."""

from __future__ import annotations

import re

from plans.nodes import QUOTED, Node, scalar

DEEPEST = 6
"""Brackets in brackets that are read."""

_CLOSING = {"{": "}", "[": "]"}
_KEY = re.compile(r"""("[^"]*"[ \t]*|'[^']*'[ \t]*|[^\s,:\[\]{}"'][^,:\[\]{}]*+):(?=[ \t,}\]])[ \t]*""")
_PLAIN = re.compile(r"[^,\[\]{}]*")


def read_flow(line: str, start: int, number: int, depth: int = 0) -> tuple[Node, int] | None:
    """The collection that opens at column `start` of line `number`, and the column behind it; None when it is not
    closed on its line or is no flow style after all."""
    opening, position = line[start], start + 1
    node = Node(number, column=start)
    while position < len(line) and depth < DEEPEST:
        if line[position] in " \t,":
            position += 1
            continue
        if line[position] == _CLOSING[opening]:
            node.width = position + 1 - start
            node.text = line[start : position + 1]
            return node, position + 1
        key = _KEY.match(line, position) if opening == "{" else None
        value = None if opening == "{" and key is None else _value(line, key.end() if key else position, number, depth)
        if value is None or (key is None and value[1] == position):
            return None
        if key:
            node.fields.setdefault(scalar(key[1].strip()), value[0])
        else:
            node.items.append(value[0])
        position = value[1]
    return None


def _value(line: str, start: int, number: int, depth: int) -> tuple[Node, int] | None:
    if line[start : start + 1] in _CLOSING:
        return read_flow(line, start, number, depth + 1)
    match = QUOTED.match(line, start) or _PLAIN.match(line, start)
    written = match[0].rstrip() if match else ""
    return (Node(number, scalar(written), start, len(written)), match.end()) if match else None
