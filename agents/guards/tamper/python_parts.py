"""Python tests that are the same on both sides, taken out before anything is parsed: parsing is what takes the time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

_BEGINS = re.compile(r"(?:@|[A-Za-z_])")
_COLLECTED = re.compile(r"(?:^|/)(?:test_?[^/]*|[^/]*_tests?)\.py\Z")
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_TEST = re.compile(r"(?:@|(?:async )?def test|class )")
_DECIDES_ALL = re.compile(
    r"^(?:pytestmark|__test__|pytest\.(?:skip|importorskip)|raise)\b|allow_module_level", re.MULTILINE
)


def differing(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Both sides with blank lines for each test that is on both. Texts of which some line decides for all their tests
    stay whole."""
    sides = [{path: list(_parts(text)) for path, text in side.items()} for side in (old, new)]
    counts = [
        Counter(part for path, parts in side.items() if collected(path) for part in parts if _may_go(part))
        for side in sides
    ]
    same = counts[0] & counts[1]
    if any(_DECIDES_ALL.search(text) for side in (old, new) for text in side.values()):
        return dict(old), dict(new)
    return _without(sides[0], same), _without(sides[1], same)


def collected(path: str) -> bool:
    """Whether pytest and unittest look for tests in a file of this name."""
    return _COLLECTED.search(path) is not None


def _without(side: Mapping[str, list[str]], same: Counter[str]) -> dict[str, str]:
    left = same.copy()
    return {
        path: "".join(_blank(part, left) if collected(path) else part for part in parts) for path, parts in side.items()
    }


def _blank(part: str, left: Counter[str]) -> str:
    if not left[part]:
        return part
    left[part] -= 1
    return "\n" * part.count("\n")


def _may_go(part: str) -> bool:
    """A whole test or class. Without a long string in it the text around it reads the same when it is gone."""
    return _TEST.match(part) is not None and '"""' not in part and "'''" not in part and part.endswith("\n")


def _parts(text: str) -> Iterator[str]:
    """The text in pieces that begin where a line begins with code; decorators belong to what they decorate."""
    part: list[str] = []
    decorated = False
    for line in _LINE.findall(text):
        if _BEGINS.match(line):
            if part and not decorated:
                yield "".join(part)
                part = []
            decorated = line.startswith("@")
        part.append(line)
    yield "".join(part)
