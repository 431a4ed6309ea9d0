"""Source text of languages with braces, with comments and strings blanked out, so that what is left can be searched."""

from __future__ import annotations

import re
from collections.abc import Mapping

_BLOCK = r"/\*(?:[^*]|\*(?!/))*(?:\*/|\Z)"
_LINE = r"//[^\n]*"
_DOUBLE = r'"(?:[^"\\\n]|\\.)*"?'
_SINGLE = r"'(?:[^'\\\n]|\\.)*'?"
_TEMPLATE = r"`(?:[^`\\]|\\.)*(?:`|\Z)"
_REGEX = r"(?<=[(,=:\[!&|?{};\n])[ \t]*/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*"
_RAW = r'r(?P<hashes>#{0,8})"(?:[^"]|"(?!(?P=hashes)))*(?:"(?P=hashes)|\Z)'
_CHARACTER = r"'(?:[^'\\\n]|\\[^\n]{1,10}?)'"

_TOKENS: Mapping[str, re.Pattern[str]] = {
    name: re.compile("|".join(parts), re.DOTALL)
    for name, parts in {
        "script": (_BLOCK, _LINE, _DOUBLE, _SINGLE, _TEMPLATE, _REGEX),
        "rust": (_BLOCK, _LINE, _RAW, _DOUBLE, _CHARACTER),
        "go": (_BLOCK, _LINE, _DOUBLE, r"`[^`]*(?:`|\Z)", _CHARACTER),
    }.items()
}
_NOT_SPACE = re.compile(r"[^\s]")
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_BRACKET = re.compile(r"[()\[\]{}]")


def masked(text: str, language: str) -> str:
    """The text with comments and strings as spaces; every other character stays at its place."""
    return _TOKENS[language].sub(lambda match: _NOT_SPACE.sub(" ", match[0]), text)


def closing(text: str, at: int) -> int:
    """The place behind the bracket that closes the one at `at` of a masked text; the end where nothing closes it."""
    depth = 0
    for match in _BRACKET.finditer(text, at):
        depth += 1 if match[0] in _PAIRS else -1
        if depth == 0:
            return match.end()
    return len(text)


def parts(text: str, begin: int, end: int) -> list[tuple[int, int]]:
    """The places of what stands between the commas of a masked text, brackets inside left whole."""
    found, depth, first = [], 0, begin
    for match in re.compile(r"[()\[\]{},]").finditer(text, begin, end):
        if match[0] == "," and depth == 0:
            found.append((first, match.start()))
            first = match.end()
        elif match[0] != ",":
            depth += 1 if match[0] in _PAIRS else -1
    return [(a, b) for a, b in [*found, (first, end)] if text[a:b].strip() or b - a > 1]
