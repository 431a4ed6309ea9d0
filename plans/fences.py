"""Where a code fence ends: CommonMark's rule, and what its writer meant where that rule loses steps.

A fence that shows Markdown often holds a fence of the same length. CommonMark closes the outer one at the first
bare fence, and from there on text and code change places. Such a fence is read by pairs instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

NESTED_FENCES_LIMIT = 40
"""Fence lines looked at for one nested fence: keeps the whole scan linear."""

LANDMARK = re.compile(r"#{1,6}[ \t]+(?:[✅✔☑]\ufe0f?[ \t]*)?(?:Step|Task|Phase|Milestone)\b|[-*+] \[[ xX]\][ \t]")


@dataclass(frozen=True, slots=True)
class FenceLine:
    """A line that may open or close a fence; `info` is empty for a bare one. `indent` is in columns."""

    indent: int
    char: str
    length: int
    info: str

    def closes(self, opener: FenceLine) -> bool:
        return self.reaches(opener) and not self.info and self.indent <= opener.indent + 3

    def reaches(self, opener: FenceLine) -> bool:
        return self.char == opener.char and self.length >= opener.length


@dataclass(frozen=True, slots=True)
class FenceEnd:
    """0-based index of the fence's last line. `why` says how it was found where CommonMark reads otherwise."""

    index: int
    closed: bool = True
    why: str | None = None


def read_fence(text: str, indent: int) -> FenceLine | None:
    """The fence line in `text` (a line without its indent), or None when it is none."""
    char = text[:1]
    if char not in ("`", "~"):
        return None
    info = text.lstrip(char)
    length = len(text) - len(info)
    if length < 3 or (char == "`" and "`" in info):
        return None
    return FenceLine(indent, char, length, info.strip(" \t"))


def is_stray_close(lines: Sequence[str], index: int, fence: FenceLine) -> bool:
    """Whether a bare fence that would open a block is a left-over closing one: an empty line and then a step
    heading or a box at column 0 follow it."""
    if fence.info or fence.indent or index + 2 >= len(lines) or lines[index + 1].strip():
        return False
    following = next((line for line in lines[index + 2 : index + 6] if line.strip()), "")
    return LANDMARK.match(following) is not None


def find_end(lines: Sequence[str], index: int, opener: FenceLine, floor: int) -> FenceEnd:
    """Where the fence opened at `index` ends. `floor` is the content column of the list item it stands in."""
    nested, outdented = False, None
    for position in range(index + 1, len(lines)):
        line = lines[position]
        text = line.lstrip(" \t")
        if not text:
            continue
        indent = width(line, len(line) - len(text))
        fence = read_fence(text, indent)
        if fence and fence.closes(opener):
            return _closed(lines, index, opener, position, nested, outdented, indent < floor)
        if outdented is None and indent < floor:
            outdented = position
        if fence and outdented is not None:
            return FenceEnd(outdented - 1)
        nested = nested or (fence is not None and fence.reaches(opener))
    return FenceEnd(len(lines) - 1, closed=False) if outdented is None else FenceEnd(outdented - 1)


def _closed(
    lines: Sequence[str], index: int, opener: FenceLine, end: int, nested: bool, outdented: int | None, shallow: bool
) -> FenceEnd:
    if nested:
        meant = _meant_end(lines, index, opener)
        if meant is not None:
            return FenceEnd(meant, why="it holds another fence of the same length; make the outer one longer")
    if outdented is not None or shallow:
        return FenceEnd(end, why="its text is not indented like the list item it stands in; indent it")
    return FenceEnd(end)


def _meant_end(lines: Sequence[str], index: int, opener: FenceLine) -> int | None:
    """The end of a fence read by pairs, or None when the pairs do not come out even."""
    inside, seen = False, 0
    for position in range(index + 1, len(lines)):
        text = lines[position].lstrip(" \t")
        fence = read_fence(text, 0)
        if fence is None or not fence.reaches(opener):
            continue
        seen += 1
        if seen > NESTED_FENCES_LIMIT:
            return None
        if fence.info:
            inside = True
        elif inside:
            inside = False
        elif _looks_opening(lines, position):
            inside = True
        else:
            return position
    return None


def _looks_opening(lines: Sequence[str], position: int) -> bool:
    """A bare fence with text right below it opens; one before an empty line, a heading or a box closes."""
    following = lines[position + 1] if position + 1 < len(lines) else ""
    return bool(following.strip()) and not LANDMARK.match(following) and not following.startswith(("---", "**"))


def width(line: str, count: int) -> int:
    """Columns that the first `count` characters (spaces and tabs) of a line take; a tab stops at multiples of 4."""
    head = line[:count]
    return len(head.expandtabs(4)) if "\t" in head else count
