"""Briefs: the prompt of each role is a Markdown template beside this file, filled with the plan's own words.

A template line `{{if name}}` … `{{end}}` holds lines that are left out when that value is blank. Placeholders:
`{{name}}` puts a value on one line, `{{fenced:name}}` puts it verbatim in a fence that it cannot close, and
`{{numbered:Noun:name}}` puts each of several values in its own fence under `Noun 1`, `Noun 2`, …
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from agents.exceptions import UnfilledPlaceholder
from agents.types import Role

Value = str | Sequence[str]

_FOLDER = Path(__file__).parent
_PLACEHOLDER = re.compile(r"\{\{(?:(fenced|numbered):)?(?:([A-Z]\w*):)?(\w+)\}\}")
_BLOCK = re.compile(r"^\{\{if (\w+)\}\}\n(.*?)^\{\{end\}\}\n", re.MULTILINE | re.DOTALL)


def render(role: Role, values: Mapping[str, Value]) -> str:
    """The role's brief. Every name of its template must be a key of `values`; only the condition of an `if` block
    may be blank. Otherwise UnfilledPlaceholder names the role and the placeholder."""
    filled = _BLOCK.sub(lambda block: block[2] if _given(role, block[1], values) else "", template(role))
    return _PLACEHOLDER.sub(lambda place: _fill(role, place, values), filled)


def placeholders(role: Role) -> frozenset[str]:
    """The names that a role's template asks for, optional ones too."""
    text = template(role)
    conditions = (block[1] for block in _BLOCK.finditer(text))
    return frozenset(conditions) | {place[3] for place in _PLACEHOLDER.finditer(_BLOCK.sub(r"\2", text))}


def fenced(text: str) -> str:
    """The text, unchanged, between two lines of backticks longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


@cache
def template(role: Role) -> str:
    return (_FOLDER / f"{role}.md").read_text(encoding="utf-8")


def _given(role: Role, name: str, values: Mapping[str, Value]) -> bool:
    value = values.get(name)
    if value is None:
        raise UnfilledPlaceholder(role, name, "was not given")
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _fill(role: Role, place: re.Match[str], values: Mapping[str, Value]) -> str:
    form, noun, name = place.groups()
    if not _given(role, name, values):
        raise UnfilledPlaceholder(role, name, "is empty")
    value = values[name]
    if form == "numbered":
        return "\n\n".join(f"{noun} {number}:\n{fenced(text)}" for number, text in enumerate(value, start=1))
    text = value if isinstance(value, str) else "\n".join(value)
    return fenced(text) if form == "fenced" else " ".join(text.split())
