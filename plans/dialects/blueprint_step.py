"""One step of a blueprint plan: its fields, its three phases, its checks, and whether it is done."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

from plans.blocks import Item
from plans.criteria import read_criteria
from plans.dialects.blueprint_outline import role_of
from plans.dialects.checks import check_problems, read_checks
from plans.dialects.headed import last_line
from plans.dialects.outline import StepHead
from plans.document import Document
from plans.fields import Field, read_fields
from plans.files import read_files
from plans.marks import contradiction
from plans.references import Gathering, References, Targets, gather_declared, mentioned
from plans.types import ParsedStep, Part, Problem, Span

_BOLD_LINE = re.compile(r"(?:\*\*|__)([^*_]{1,60})(?:\*\*|__):?[ \t]*$")
_BOLD_ENDS = frozenset("*_: \t")


def read_step(document: Document, head: StepHead, known: Targets) -> tuple[ParsedStep, list[Problem]]:
    """The step under a heading, and what a reader should know about it."""
    line = head.line
    end = last_line(document, line, head.end)
    items = document.items_in(line, end)
    sections = _sections(document, line + 1, end)
    fields = read_fields(document, line + 1, end)
    inside = set(chain(*sections.values()))
    outside = [field for field in fields if field.line not in inside]
    boxes = [item for item in items if item.box is not None]
    done, problems = _done(head, boxes)
    objective = next((part for field in outside if field.name == "objective" and (part := field.part(document))), None)
    needed = _dependencies(document, head, fields, objective, known)
    step = ParsedStep(
        key=head.key,
        title=head.title,
        line=line,
        span=Span(line, end),
        group=head.group,
        owner=next((field.inline.strip("`* ") for field in outside if field.name == "owner" and field.inline), None),
        objective=objective,
        criteria=tuple(p for field in outside if field.name == "criteria" for p in read_criteria(document, field)),
        instructions={role: part for role, lines in sections.items() if (part := _section_part(document, lines))},
        checks=read_checks(document, _rows(items, boxes, sections.get("verify"), head.marked)),
        depends_on=needed.found,
        outside_dependencies=needed.outside,
        files=read_files(document, [field for field in fields if field.name == "files"]),
        done=done,
    )
    return step, problems


def _sections(document: Document, start: int, end: int) -> dict[str, range]:
    """Role → lines of its phase without the line that names it; the first section of a role counts."""
    heads = [(line, level, role_of(text)) for line, level, text, _ in document.headings_in(start, end)]
    for line in document.labels_in(start, end):
        text = document.lines[line - 1]
        bold = _BOLD_LINE.match(text) if text[0] in "*_" and text[-1] in _BOLD_ENDS else None
        if bold and (role := role_of(bold[1].strip(": \t"))):
            heads.append((line, 7, role))
    heads.sort()
    found: dict[str, range] = {}
    for place, (line, level, role) in enumerate(heads):
        if role and role not in found:
            found[role] = range(line + 1, _section_end(heads[place + 1 :], level, end))
    return found


def _section_end(later: Sequence[tuple[int, int, str | None]], level: int, end: int) -> int:
    for line, depth, role in later:
        if role or depth <= level:
            return line
    return end + 1


def _section_part(document: Document, lines: range) -> Part | None:
    return document.part(lines.start, last_line(document, lines.start - 1, lines.stop - 1))


def _rows(items: Sequence[Item], boxes: Sequence[Item], verify: range | None, marked: bool) -> list[tuple[Item, bool]]:
    """Every box of the step; for a verification phase that is written without boxes, its outermost bullets too."""
    rows = [(item, item.ticked) for item in boxes]
    if verify and not any(item.line in verify for item in boxes):
        rows += [(item, marked) for item in items if item.depth == 0 and item.line in verify]
        rows.sort(key=lambda row: row[0].line)
    return rows


def _dependencies(
    document: Document, head: StepHead, fields: Sequence[Field], objective: Part | None, known: Targets
) -> References:
    gathered = Gathering(known, head.key)
    for field in fields:
        if field.name == "depends":
            gather_declared(field.text(document), gathered)
    prose = objective.text if objective else _intro(document, head, fields)
    for key in mentioned(prose, known, head.key).found:
        gathered.take(key)
    return gathered.result


def _intro(document: Document, head: StepHead, fields: Sequence[Field]) -> str:
    """The text between the heading and the first thing that has a name of its own."""
    names = [field.line for field in fields]
    names += [heading.line for heading in document.headings_in(head.line + 1, head.end)]
    end = min(names, default=head.end + 1) - 1
    return "\n".join(text for _, text in document.plain_lines(head.line + 1, end))


def _done(head: StepHead, boxes: Sequence[Item]) -> tuple[bool, list[Problem]]:
    """A step is done when its heading says so and nothing contradicts it."""
    problems = check_problems(boxes)
    unticked = [item for item in boxes if not item.ticked]
    word = contradiction(head.heading.text) if head.marked else None
    if head.marked and unticked:
        problems.append(
            _conflict(head, f"has a check mark on line {head.line}, but the box on line {unticked[0].line} is open")
        )
    elif head.marked and word:
        problems.append(_conflict(head, f"has a check mark on line {head.line} and says {word} on the same line"))
    elif not head.marked and boxes and not unticked:
        problems.append(
            _conflict(
                head, f"has no check mark on line {head.line}, but all its boxes (from line {boxes[0].line}) are ticked"
            )
        )
    return head.marked and not unticked and not word, problems


def _conflict(head: StepHead, what: str) -> Problem:
    message = f"Step {head.key} {what}; it counts as not done until both agree"
    return Problem(head.line, "warning", "conflicting-done", message)
