"""Plans whose steps are headings: which headings are steps and groups, and where each step's text ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from plans.blocks import Heading
from plans.document import Document
from plans.exceptions import MAX_STEPS, TooManySteps
from plans.marks import CHECK, split_suffix
from plans.titles import plain_title
from plans.types import Group, Problem

NUMBER = r"[0-9]+(?:\.[0-9]+)*[A-Za-z]?"
_SEPARATOR = r"[ \t]*:[*_]*|[ \t]*[—–](?![0-9])|[ \t]+-(?=[ \t])|[ \t]*[.)](?=[ \t])"


def step_pattern(words: str, number: str = NUMBER) -> re.Pattern[str]:
    """A heading such as `✅ Step 2.1a: Title`. Groups: before, word, key, inner (a check mark), title."""
    return re.compile(
        rf"[*_]{{0,2}}(?:(?P<before>{CHECK})[ \t]*)?[*_]{{0,2}}(?P<word>{words})[ \t]+"
        rf"(?P<key>{number})(?P<inner>[ \t]*{CHECK})?(?:{_SEPARATOR}|(?=[ \t*_]*$))(?P<title>.*)$",
        re.IGNORECASE,
    )


def group_pattern(words: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:{CHECK}[ \t]*)?(?P<word>{words})"
        r"(?:[ \t]+(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9}){0,9}[A-Za-z]?|[A-Z]))?(?![A-Za-z0-9])"
        r"[ \t]*[:—–.-]*[ \t]*(?P<title>.*)$",
        re.IGNORECASE,
    )


@dataclass(frozen=True, slots=True)
class Grammar:
    """Which headings are steps and groups; `needle` stands in every step heading (in any case), for speed.

    `is_section` tells a heading on the step's own level that is part of the step all the same. `name` is what a step is
    called. A step is at one of `levels`, or at level 1 where all are. Where `has_parts`, a deeper step whose key starts
    with that of the step it stands in (10a in 10) is a step of its own.
    """

    name: str
    step: re.Pattern[str]
    group: re.Pattern[str] | None
    needle: str
    is_section: Callable[[str], bool] = lambda _: False
    levels: frozenset[int] = frozenset({2, 3, 4})
    has_parts: bool = False


class StepHead(NamedTuple):
    """A step's heading and the last line of its text. Columns are offsets into the heading's source line.

    `mark_column` is where a check mark before the word "Step" starts, `inner_mark` one behind the number.
    """

    heading: Heading
    key: str
    title: str
    marked: bool
    word_column: int
    mark_column: int | None = None
    inner_mark: str = ""
    end: int = 0
    group: str | None = None
    parent: str | None = None

    @property
    def line(self) -> int:
        return self.heading.line


@dataclass(frozen=True, slots=True)
class Outline:
    heads: tuple[StepHead, ...] = ()
    groups: tuple[Group, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_outline(document: Document, grammar: Grammar, start: int = 1, end: int | None = None) -> Outline:
    """All steps on lines `start`…`end` and the groups that hold any, in the order they stand. Raises TooManySteps."""
    last = len(document.lines) if end is None else end
    headings = document.headings_in(start, last)
    read = [read_head(heading, grammar) for heading in headings]
    found = {head.heading.level for head in read if head}
    walk = _Walk(grammar, frozenset(found & grammar.levels or found & {1}))
    for heading, head in zip(headings, read, strict=True):
        walk.visit(heading, head)
    walk.end_step(last + 1)
    if len(walk.heads) > MAX_STEPS:
        raise TooManySteps(document.path)
    used = {head.group for head in walk.heads}
    groups = tuple(group for group in walk.groups if group.key in used)
    return Outline(tuple(walk.heads), groups, tuple(walk.problems))


def read_head(heading: Heading, grammar: Grammar) -> StepHead | None:
    """The step that a heading names, None when it names none."""
    if grammar.needle not in heading.text.lower():
        return None
    match = grammar.step.match(heading.text)
    if match is None:
        return None
    title, suffix = split_suffix(match["title"].strip())
    return StepHead(
        heading,
        match["key"],
        plain_title(title).strip(" \t*_"),
        bool(match["before"] or match["inner"] or suffix),
        heading.column + match.start("word"),
        heading.column + match.start("before") if match["before"] else None,
        match["inner"] or "",
    )


class _Walk:
    """Goes over the headings once and remembers the open step and the open group."""

    def __init__(self, grammar: Grammar, levels: frozenset[int]) -> None:
        self.grammar = grammar
        self.levels = levels
        self.heads: list[StepHead] = []
        self.groups: list[Group] = []
        self.problems: list[Problem] = []
        self._step: StepHead | None = None
        self._whole: StepHead | None = None
        self._group: tuple[int, str] | None = None
        self._counts: dict[str, int] = {}

    def visit(self, heading: Heading, head: StepHead | None) -> None:
        level = heading.level
        if head and self._is_part(head):
            self._enter_part(head)
            return
        if self._whole and level > self._whole.heading.level:
            if head and level <= 4:
                self._warn_nested(head, self._whole)
            return
        head = head if level in self.levels else None
        if self._step and not head and level == self._step.heading.level and self.grammar.is_section(heading.text):
            return
        self.end_step(heading.line)
        if self._group and (level < self._group[0] or (level == self._group[0] and not head)):
            self._group = None
        if head:
            self._step = self._whole = head
        else:
            self._whole = None
            self._enter_group(heading)

    def end_step(self, line: int) -> None:
        """Close the open step: its text ends above `line`."""
        if self._step:
            head, group = self._step, self._group[1] if self._group else None
            self.heads.append(StepHead(*head[:-3], line - 1, group, head.parent))
            self._step = None

    def _is_part(self, head: StepHead) -> bool:
        whole = self._whole
        if whole is None or not self.grammar.has_parts or head.heading.level <= whole.heading.level:
            return False
        rest = head.key.removeprefix(whole.key)
        return rest not in ("", head.key) and not rest[0].isdigit()

    def _enter_part(self, head: StepHead) -> None:
        """A part of the last whole step: that one's own text, or the part before, ends above it."""
        self.end_step(head.line)
        self._step = head._replace(parent=self._whole.key if self._whole else None)

    def _enter_group(self, heading: Heading) -> None:
        match = self.grammar.group.match(heading.text) if self.grammar.group else None
        if match is None:
            return
        name = " ".join(part for part in (match["word"].capitalize(), match["number"]) if part)
        count = self._counts[name] = self._counts.get(name, 0) + 1
        key = f"{name} #{count}" if count > 1 else name
        self.groups.append(Group(key, split_suffix(match["title"])[0].strip() or name, heading.line))
        self._group = (heading.level, key)

    def _warn_nested(self, inner: StepHead, step: StepHead) -> None:
        name = self.grammar.name
        message = (
            f"{name} {inner.key} stands inside {name} {step.key} and is read as part of it; "
            f"give it the same heading level to make it a step"
        )
        self.problems.append(Problem(inner.line, "warning", "nested-step", message))
