"""One step of a blueprint plan: its fields, its three phases, its checks, and whether it is done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from plans.blocks import Item
from plans.commands import read_item
from plans.dialects.blueprint_outline import StepHead, role_of
from plans.document import Document
from plans.fields import Field, read_fields
from plans.files import read_files
from plans.marks import contradiction
from plans.references import References, Targets, declared, mentioned
from plans.types import Check, ParsedStep, Part, Problem, Span

_BOLD_LINE = re.compile(r"(?:\*\*|__)([^*_]{1,60})(?:\*\*|__):?[ \t]*$")


def read_step(document: Document, head: StepHead, known: Targets) -> tuple[ParsedStep, list[Problem]]:
    """The step under a heading, and what a reader should know about it."""
    end = _last_line(document, head.line, head.end)
    sections = _sections(document, head.line + 1, end)
    fields = read_fields(document, head.line + 1, end)
    outside = [field for field in fields if not _inside(field, sections.values())]
    items = document.items_in(head.line, end)
    boxes = [item for item in items if item.box is not None]
    done, problems = _done(head, boxes)
    objective = next((part for part in _parts(document, outside, "objective") if part), None)
    needed = _dependencies(document, head, fields, objective, known)
    step = ParsedStep(
        key=head.key,
        title=head.title,
        line=head.line,
        span=Span(head.line, end),
        group=head.group,
        owner=next((field.inline.strip("`* ") for field in outside if field.name == "owner" and field.inline), None),
        objective=objective,
        criteria=tuple(part for field in outside if field.name == "criteria" for part in _criteria(document, field)),
        instructions={role: part for role, span in sections.items() if (part := _section_part(document, span))},
        checks=_checks(document, items, boxes, sections.get("verify"), head.marked),
        depends_on=needed.found,
        outside_dependencies=needed.outside,
        files=read_files(document, [field for field in fields if field.name == "files"]),
        done=done,
    )
    return step, problems


def _last_line(document: Document, start: int, end: int) -> int:
    """The step's last line that says something: empty lines and closing rules are not part of it."""
    rules = set(document.rules_in(start, end))
    while end > start and (end in rules or not document.lines[end - 1].strip()):
        end -= 1
    return end


def _sections(document: Document, start: int, end: int) -> dict[str, Span]:
    """Role → lines of its phase without the line that names it; the first section of a role counts."""
    heads = [(heading.line, heading.level, role_of(heading.text)) for heading in document.headings_in(start, end)]
    for line, text in document.plain_lines(start, end):
        bold = _BOLD_LINE.match(text) if text.startswith(("**", "__")) else None
        if bold and (role := role_of(bold[1].strip(": \t"))):
            heads.append((line, 7, role))
    heads.sort()
    found: dict[str, Span] = {}
    for place, (line, level, role) in enumerate(heads):
        if role and role not in found:
            later = (other for other, depth, kind in heads[place + 1 :] if depth <= level or kind)
            found[role] = Span(line + 1, next(later, end + 1) - 1)
    return found


def _inside(field: Field, spans: Iterable[Span]) -> bool:
    return any(span.start <= field.line <= span.end for span in spans)


def _section_part(document: Document, span: Span) -> Part | None:
    return document.part(span.start, _last_line(document, span.start - 1, span.end))


def _parts(document: Document, fields: Sequence[Field], name: str) -> list[Part | None]:
    return [field.part(document) for field in fields if field.name == name]


def _criteria(document: Document, field: Field) -> list[Part]:
    """One Part per outermost bullet with all that is nested in it; without bullets the whole text is one."""
    items = document.items_in(field.line + 1, field.end)
    outer = [item for item in items if item.depth == min(other.depth for other in items)] if items else []
    if not outer:
        part = field.part(document)
        return [part] if part else []
    ends = [following.line - 1 for following in outer[1:]] + [field.end]
    return [_criterion(document, item, min(item.span.end, end)) for item, end in zip(outer, ends, strict=True)]


def _criterion(document: Document, item: Item, end: int) -> Part:
    nested = document.part(item.line + 1, end)
    return Part("\n".join([item.text, *([nested.text] if nested else [])]), Span(item.line, end))


def _checks(
    document: Document, items: Sequence[Item], boxes: Sequence[Item], verify: Span | None, marked: bool
) -> tuple[Check, ...]:
    """Every box of the step; for a verification phase that is written without boxes, its outermost bullets too."""
    rows = [(item, item.ticked) for item in boxes]
    if verify and not any(verify.start <= item.line <= verify.end for item in boxes):
        bullets = document.items_in(verify.start, verify.end)
        rows += [(item, marked) for item in bullets if item.depth == 0]
        rows.sort(key=lambda row: row[0].line)
    following = {item.line: after.line for item, after in pairwise(items)}
    return tuple(_check(document, item, done, following.get(item.line, item.span.end + 1) - 1) for item, done in rows)


def _check(document: Document, item: Item, done: bool, end: int) -> Check:
    more = (text.strip() for _, text in document.plain_lines(item.line + 1, min(end, item.span.end)))
    text = " ".join([item.text, *filter(None, more)])
    command, expectation = read_item(text)
    return Check(text, item.line, done, command, expectation, item.indent)


def _dependencies(
    document: Document, head: StepHead, fields: Sequence[Field], objective: Part | None, known: Targets
) -> References:
    result = References()
    for field in fields:
        if field.name == "depends":
            result += declared(field.text(document), known, head.key)
    prose = objective.text if objective else _intro(document, head, fields)
    return result + mentioned(prose, known, head.key)


def _intro(document: Document, head: StepHead, fields: Sequence[Field]) -> str:
    """The text between the heading and the first thing that has a name of its own."""
    names = [field.line for field in fields]
    names += [heading.line for heading in document.headings_in(head.line + 1, head.end)]
    end = min(names, default=head.end + 1) - 1
    return "\n".join(text for _, text in document.plain_lines(head.line + 1, end))


def _done(head: StepHead, boxes: Sequence[Item]) -> tuple[bool, list[Problem]]:
    """A step is done when its heading says so and nothing contradicts it."""
    unknown = [item for item in boxes if item.box not in ("", " ", "x", "X")]
    problems = [_unknown_marker(item) for item in unknown]
    unticked = [item for item in boxes if not item.ticked]
    word = contradiction(head.heading.text)
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


def _unknown_marker(item: Item) -> Problem:
    message = f"the box [{item.box}] is neither open nor ticked and counts as open; write [ ] or [x]"
    return Problem(item.line, "warning", "unknown-marker", message)
