"""Specs: numbered tasks below Step by Step Tasks, each with `**Task ID**` and `**Depends On**`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from plans.blocks import Heading, Item
from plans.dialects.base import Dialect
from plans.dialects.boxes import duplicate_keys
from plans.dialects.checks import box_checks, check_problems
from plans.dialects.headed import flag, last_line
from plans.document import Document
from plans.entries import read_commands, read_entries, read_pairs
from plans.files import paths_in
from plans.frontmatter import flat_fields, read_frontmatter
from plans.key_references import declared_keys
from plans.nodes import Node
from plans.references import Targets
from plans.sections import find_section, title_of
from plans.titles import plain_title
from plans.types import ParsedPlan, ParsedStep, Part, Problem, Span

TASKS = ("step by step tasks", "step-by-step tasks", "tasks", "task list")
_NUMBER = re.compile(
    r"(?:(?:Task|Step)[ \t]+)?(?P<number>[0-9]+(?:\.[0-9]+)*[a-z]?|N(?:-[0-9]+)?)(?:[.):]|(?=[ \t]))"
    r"[ \t]*(?P<title>.*)$"
)
_FIELD = re.compile(r"(?:\*\*|__)(?P<name>[A-Za-z][\w /-]{1,40}?):?(?:\*\*|__)[ \t]*:?[ \t]*(?P<value>.*)$")
_PREFIX = re.compile(r"(?:creates?|modif(?:y|ies)|deletes?|updates?)[ \t]*:[ \t]*", re.IGNORECASE)
_KINDS = {"reviewer": "review", "validator": "validation", "tester": "test", "researcher": "research"}
_NONE = frozenset({"", "n/a", "none", "-"})


class Labelled(NamedTuple):
    """`- **Name**: value` with its item, which may hold more below it."""

    value: str
    item: Item


CHOICES = {
    "mode": ("sequential", "delegated", "team"),
    "complexity": ("simple", "medium", "complex"),
    "playwright": ("true", "false"),
}
SECTIONS = {
    "goal": ("objective", "goal", "problem", "task description"),
    "criteria": ("acceptance criteria", "success criteria"),
    "validation": ("validation commands", "verification", "validation"),
    "documentation": ("documentation requirements", "documentation"),
    "review": ("review policy",),
    "team": ("team configuration",),
}


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    heads = list(_heads(document))
    read = [(heading, end, _labelled(document, heading.line + 1, end)) for heading, end in heads]
    names = [_key(heading, fields) for heading, _, fields in read]
    known = Targets.of(names, {})
    steps = tuple(_step(document, *one, key, known) for one, key in zip(read, names, strict=True))
    frontmatter, unread = read_frontmatter(document)
    boxes = [item for step in steps for item in document.items_in(step.line, step.span.end) if item.box is not None]
    problems: list[Problem] = [*document.problems, *unread, *duplicate_keys(steps, "Task"), *check_problems(boxes)]
    problems += [*_modes(frontmatter), *_unresolved(document)]
    found = {name: find_section(document, names) for name, names in SECTIONS.items()}
    goal = found["goal"]
    part = document.part(goal.span.start, goal.span.end) if goal else None
    return ParsedPlan(
        path=document.path,
        dialect="spec",
        title=title_of(document),
        goal=part.text if part else None,
        steps=steps,
        status=frontmatter.get("status") or None,
        frontmatter=flat_fields(frontmatter),
        criteria=read_entries(document, found["criteria"]),
        validation=read_commands(document, found["validation"]),
        documentation=read_entries(document, found["documentation"]),
        review_policy=read_pairs(document, found["review"]),
        team=read_pairs(document, found["team"]),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
    )


def _modes(frontmatter: Node) -> Iterator[Problem]:
    """Values that name no way of working. A template's placeholders are told elsewhere."""
    for name, values in CHOICES.items():
        node = frontmatter.fields.get(name)
        if node and node.text and node.text not in values and not node.text.startswith("<"):
            message = f"{name} is {node.text}; write one of {', '.join(values)}"
            yield Problem(node.line, "error", f"bad-{name}", message)


def _unresolved(document: Document) -> Iterator[Problem]:
    """The first line of a template's choice that nobody has made."""
    plain = document.plain_lines(1, len(document.lines))
    line = next((line for line, text in plain if text.startswith("<if ")), None)
    if line is not None:
        message = f"this choice of the template is not made yet: {document.lines[line - 1].strip()}; keep one variant"
        yield Problem(line, "error", "template", message)


def _heads(document: Document) -> Iterator[tuple[Heading, int]]:
    """The headings of the tasks, each with its last line: those right below the tasks' own section."""
    span = _scope(document)
    inside = document.headings_in(span.start, span.end)
    following = [*(heading.line for heading in inside[1:]), span.end + 1]
    tasks = {heading for heading, line in zip(inside, following, strict=False) if _is_task(document, heading, line - 1)}
    level = min((heading.level for heading in tasks), default=0)
    borders = [heading for heading in inside if heading.level <= level]
    ends = [*(heading.line - 1 for heading in borders[1:]), span.end]
    for heading, end in zip(borders, ends, strict=False):
        if heading in tasks and heading.level == level:
            yield heading, last_line(document, heading.line, end)


def _scope(document: Document) -> Span:
    """The section of the tasks; where its heading stands on their own level, down to the next higher one."""
    section = find_section(document, TASKS)
    if section is None:
        return Span(1, len(document.lines))
    start, end = section.span.start, section.span.end
    if document.headings_in(start, end):
        return section.span
    level = document.headings_in(start - 1, start - 1)[0].level
    later = (heading.line - 1 for heading in document.headings_in(start, len(document.lines)) if heading.level < level)
    return Span(start, next(later, len(document.lines)))


def _is_task(document: Document, heading: Heading, end: int) -> bool:
    fields = _labelled(document, heading.line + 1, end)
    return "task id" in fields or (_NUMBER.match(heading.text) is not None and bool(fields))


def _labelled(document: Document, start: int, end: int) -> dict[str, Labelled]:
    """The labelled bullets of a task by their lower-case label; of two the last counts."""
    found: dict[str, Labelled] = {}
    for item in document.items_in(start, end):
        match = _FIELD.match(item.text) if item.depth == 0 and item.box is None else None
        if match:
            found[match["name"].strip().lower()] = Labelled(match["value"].strip(), item)
    return found


def _key(heading: Heading, fields: dict[str, Labelled]) -> str:
    stated = fields["task id"].value.strip("` ") if "task id" in fields else ""
    number = _NUMBER.match(heading.text)
    return stated or (number["number"] if number else heading.text)


def _step(
    document: Document, heading: Heading, end: int, fields: dict[str, Labelled], key: str, known: Targets
) -> ParsedStep:
    number = _NUMBER.match(heading.text)
    needed = declared_keys(_value(fields, "depends on", "dependencies") or "", known, key)
    boxes = [item for item in document.items_in(heading.line, end) if item.box is not None]
    return ParsedStep(
        key=key,
        title=plain_title(number["title"] if number else heading.text),
        line=heading.line,
        span=Span(heading.line, end),
        kind=_kind(_value(fields, "agent type")),
        owner=_value(fields, "agent type", "assigned to", "owner", "agent"),
        model=_value(fields, "model"),
        objective=_part(document, fields, "description"),
        instructions={"build": part} if (part := document.part(heading.line + 1, end)) else {},
        checks=box_checks(document, boxes),
        depends_on=tuple(other for other in needed.found if other != key),
        outside_dependencies=needed.outside,
        files=_files(document, fields),
        tests=_part(document, fields, "tests") or _part(document, fields, "validates"),
        parallel=flag(_value(fields, "parallel")),
        background=flag(_value(fields, "background")),
        approval=flag(_value(fields, "plan approval")),
        details={name: labelled.value for name, labelled in fields.items()},
    )


def _kind(agent: str | None) -> str:
    role = (agent or "").lower()
    return _KINDS.get(role, "code")


def _value(fields: dict[str, Labelled], *names: str) -> str | None:
    values = (fields[name].value.strip("` ") for name in names if name in fields)
    return next((value for value in values if value), None)


def _part(document: Document, fields: dict[str, Labelled], name: str) -> Part | None:
    """A field's value and all that is nested below it, verbatim."""
    if name not in fields:
        return None
    value, item = fields[name]
    more = document.part(item.line + 1, item.end)
    text = "\n".join(piece for piece in (value, more.text if more else "") if piece)
    return Part(text, Span(item.line, item.end)) if text else None


def _files(document: Document, fields: dict[str, Labelled]) -> tuple[str, ...]:
    part = _part(document, fields, "files")
    lines = part.text.split("\n") if part else []
    pieces = [piece for line in lines for piece in (line.split(",") if "`" not in line else [line])]
    found = [path for piece in pieces for path in paths_in(_PREFIX.sub("", piece.strip(" -*")))]
    return tuple(dict.fromkeys(path for path in found if path.lower() not in _NONE))


DIALECT = Dialect("spec", parse)
