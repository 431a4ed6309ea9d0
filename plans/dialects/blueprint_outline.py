"""The outline of a blueprint plan: which headings are steps and milestones, and where each step ends."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from plans.blocks import Heading
from plans.document import Document
from plans.marks import CHECK, split_suffix
from plans.types import Group, Problem

_STEP = re.compile(
    rf"[*_]{{0,2}}(?:(?P<before>{CHECK})[ \t]*)?[*_]{{0,2}}(?P<word>Step)[ \t]+"
    rf"(?P<key>[0-9]+(?:\.[0-9]+)*[A-Za-z]?)(?P<inner>[ \t]*{CHECK})?"
    r"(?:[ \t]*:[*_]*|[ \t]*[—–](?![0-9])|[ \t]+-(?=[ \t])|[ \t]*[.)](?=[ \t])|(?=[ \t*_]*$))(?P<title>.*)$",
    re.IGNORECASE,
)
_GROUP = re.compile(
    rf"(?:{CHECK}[ \t]*)?(?P<word>Milestone|Phase)"
    r"(?:[ \t]+(?P<number>[0-9]+(?:\.[0-9]+)*[A-Za-z]?|[A-Z]))?(?![A-Za-z0-9])"
    r"[ \t]*[:—–.-]*[ \t]*(?P<title>.*)$",
    re.IGNORECASE,
)
_ROLES = (
    (re.compile(r"(?:re-?)?verif(?:y|ication)\b", re.IGNORECASE), "verify"),
    (re.compile(r"(?:adversarial |code |peer )?review\b", re.IGNORECASE), "review"),
    (re.compile(r"(?:build|implement(?:ation)?)\b", re.IGNORECASE), "build"),
)
_PHASE = re.compile(r"Phase[ \t]+(?P<number>[0-9]+)\b[ \t]*[:—–.-]*[ \t]*(?P<name>.*)$", re.IGNORECASE)
_STEP_FILE = re.compile(r"0{0,2}([0-9]{1,3}[a-z]?)[-_. ]")
_FIRST_CHECK = re.compile(rf"{CHECK}[ \t]*")
_BY_NUMBER = {"1": "build", "2": "review", "3": "verify"}


@dataclass(frozen=True, slots=True)
class StepHead:
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

    @property
    def line(self) -> int:
        return self.heading.line


@dataclass(frozen=True, slots=True)
class Outline:
    heads: tuple[StepHead, ...]
    groups: tuple[Group, ...]
    problems: tuple[Problem, ...]


def role_of(name: str) -> str | None:
    """The role whose instructions stand under a section name: `Phase 1 — Build`, `Phase 3`, `Verification`."""
    phase = _PHASE.match(name)
    text = phase["name"] if phase else name
    found = next(
        (role for pattern, role in _ROLES if (match := pattern.match(text)) and (phase or match[0] == text)), None
    )
    if found or not phase:
        return found
    inside = next((role for pattern, role in _ROLES if pattern.search(text)), None)
    return inside or _BY_NUMBER.get(phase["number"])


def read_outline(document: Document) -> Outline:
    """All steps and the groups that hold any, in the order they stand."""
    walk = _Walk(_step_levels(document))
    for heading in document.headings:
        walk.visit(heading)
    walk.end_step(len(document.lines) + 1)
    if not walk.heads:
        return Outline(_whole_file(document), (), ())
    used = {head.group for head in walk.heads}
    groups = tuple(group for group in walk.groups if group.key in used)
    return Outline(tuple(walk.heads), groups, tuple(walk.problems))


def _step_levels(document: Document) -> frozenset[int]:
    """Levels 2–4; level 1 only in a file whose steps all stand there (one file per step)."""
    levels = {heading.level for heading in document.headings if _read_head(heading)}
    return frozenset(levels & {2, 3, 4} or levels & {1})


def _whole_file(document: Document) -> tuple[StepHead, ...]:
    """The one step of a step file (`02_login.md`) whose title is the step's title and whose sections are its phases."""
    number = _STEP_FILE.match(document.path.rpartition("/")[2])
    title = next((heading for heading in document.headings if heading.level == 1), None)
    if number is None or title is None or not any(role_of(heading.text) for heading in document.headings):
        return ()
    mark = _FIRST_CHECK.match(title.text)
    rest, suffix = split_suffix(title.text[mark.end() :] if mark else title.text)
    head = StepHead(
        heading=title,
        key=number[1],
        title=rest.strip(" \t*_"),
        marked=bool(mark or suffix),
        word_column=title.column + (mark.end() if mark else 0),
        mark_column=title.column if mark else None,
        end=len(document.lines),
    )
    return (head,)


class _Walk:
    """Goes over the headings once and remembers the open step and the open group."""

    def __init__(self, levels: frozenset[int]) -> None:
        self.levels = levels
        self.heads: list[StepHead] = []
        self.groups: list[Group] = []
        self.problems: list[Problem] = []
        self._step: StepHead | None = None
        self._group: tuple[int, str] | None = None

    def visit(self, heading: Heading) -> None:
        if self._step and heading.level > self._step.heading.level:
            self._warn_nested(heading, self._step)
            return
        head = _read_head(heading) if heading.level in self.levels else None
        if self._step and not head and heading.level == self._step.heading.level and _is_section(heading.text):
            return
        self.end_step(heading.line)
        self._leave_group(heading, own_step=head is not None)
        if head:
            self._step = replace(head, group=self._group[1] if self._group else None)
        else:
            self._enter_group(heading)

    def end_step(self, line: int) -> None:
        """Close the open step: its text ends above `line`."""
        if self._step:
            self.heads.append(replace(self._step, end=line - 1))
            self._step = None

    def _leave_group(self, heading: Heading, own_step: bool) -> None:
        if self._group and (heading.level < self._group[0] or (heading.level == self._group[0] and not own_step)):
            self._group = None

    def _enter_group(self, heading: Heading) -> None:
        match = _GROUP.match(heading.text)
        if match is None:
            return
        name = " ".join(part for part in (match["word"].capitalize(), match["number"]) if part)
        same = sum(1 for group in self.groups if group.key.split(" #")[0] == name)
        key = f"{name} #{same + 1}" if same else name
        self.groups.append(Group(key, split_suffix(match["title"])[0].strip() or name, heading.line))
        self._group = (heading.level, key)

    def _warn_nested(self, heading: Heading, step: StepHead) -> None:
        inner = _read_head(heading) if heading.level <= 4 else None
        if inner:
            message = (
                f"Step {inner.key} stands inside Step {step.key} and is read as part of it; "
                f"give it the same heading level to make it a step"
            )
            self.problems.append(Problem(heading.line, "warning", "nested-step", message))


def _is_section(name: str) -> bool:
    """Whether a heading on the step's own level is one of its phases all the same."""
    phase = _PHASE.match(name)
    return role_of(name) is not None and any(pattern.match(phase["name"] if phase else name) for pattern, _ in _ROLES)


def _read_head(heading: Heading) -> StepHead | None:
    match = _STEP.match(heading.text)
    if match is None:
        return None
    title, suffix = split_suffix(match["title"].strip())
    return StepHead(
        heading=heading,
        key=match["key"],
        title=title.strip(" \t*_"),
        marked=bool(match["before"] or match["inner"] or suffix),
        word_column=heading.column + match.start("word"),
        mark_column=heading.column + match.start("before") if match["before"] else None,
        inner_mark=match["inner"] or "",
    )
