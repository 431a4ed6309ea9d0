"""Cursor's plan files: todos in the frontmatter, or in older files the boxes below To-dos."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from plans.dialects.base import Dialect
from plans.dialects.box_plan import box_plan
from plans.dialects.boxes import BoxHead, duplicate_keys, ordinals, own_ends, own_title, tick, untick
from plans.dialects.listed import listed
from plans.document import Document, Edits
from plans.done import is_finished
from plans.frontmatter import flat_fields, read_frontmatter
from plans.key_references import declared_keys
from plans.nodes import Node
from plans.references import Targets
from plans.sections import find_section, title_of
from plans.types import Claim, ParsedPlan, ParsedStep, Part, Problem, Span

TODOS = ("to-dos", "todos", "to dos", "todo")
_GOES_ON = "\"'[{"
_KNOWN = ("pending", "in_progress", "completed", "done", "cancelled", "canceled", "blocked", "todo")


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    frontmatter, problems = read_frontmatter(document)
    todos = frontmatter.fields.get("todos")
    if not todos or not todos.items:
        return _boxes(document)
    names = [node.get("id") or str(place) for place, node in enumerate(todos.items, 1)]
    known = Targets.of(names, {})
    steps = tuple(_step(document, node, key, known) for node, key in zip(todos.items, names, strict=True))
    fields = flat_fields(frontmatter)
    found = [*document.problems, *problems, *duplicate_keys(steps), *_unknown(steps)]
    return ParsedPlan(
        path=document.path,
        dialect="cursor",
        title=fields.get("name") or title_of(document),
        goal=fields.get("overview"),
        steps=steps,
        frontmatter=fields,
        status=fields.get("status"),
        problems=tuple(sorted(found, key=lambda problem: problem.line)),
    )


def _boxes(document: Document) -> ParsedPlan:
    section = find_section(document, TODOS)
    span = section.span if section else Span(1, len(document.lines))
    inside = document.items_in(span.start, span.end)
    items = [item for item in inside if item.box is not None and item.depth == 0]
    if not items:
        return box_plan(document, "cursor", listed(document))
    ends = own_ends(items)
    heads = [
        BoxHead(item, key, own_title(document, item), end=min(ends[item.line], span.end))
        for item, key in zip(items, ordinals(len(items)), strict=True)
    ]
    return box_plan(document, "cursor", heads)


def _step(document: Document, node: Node, key: str, known: Targets) -> ParsedStep:
    title, status = node.get("content") or node.get("title") or node.flat, node.get("status") or "pending"
    end = max([node.line, *(child.line for child in node.fields.values())])
    place = node.fields.get("status")
    needed = node.fields.get("dependencies") or node.fields.get("depends_on")
    found = declared_keys(needed.flat, known) if needed else declared_keys("", known)
    return ParsedStep(
        key=key,
        title=title,
        line=node.line,
        span=Span(node.line, end),
        instructions={"build": Part(title, Span(node.line, end))},
        depends_on=tuple(other for other in found.found if other != key),
        outside_dependencies=found.outside,
        done=is_finished(status),
        status=status,
        claims=(Claim(place.line if place else node.line, status, is_finished(status)),),
    )


def _unknown(steps: Sequence[ParsedStep]) -> list[Problem]:
    return [
        Problem(
            step.claims[0].line,
            "warning",
            "unknown-status",
            f"{step.key} has the status {step.status}, which counts as open; write pending, in_progress or completed",
        )
        for step in steps
        if step.status not in _KNOWN
    ]


def _passed(document: Document, plan: ParsedPlan, step: ParsedStep, at: datetime | None) -> Edits:
    return {} if step.done else _stated(document, plan, step, "completed", at)


def _stated(document: Document, plan: ParsedPlan, step: ParsedStep, status: str, at: datetime | None) -> Edits:
    """The todo's `status`, written behind its last field when it has none; the ticked box in an older file."""
    node = _nodes(document).get(step.line)
    if node is None:
        return tick(document, plan, step, at) if status == "completed" else {}
    place = node.fields.get("status")
    if place is None and _in_braces(node):
        line, end = document.lines[node.line - 1], node.column + node.width - 1
        return {node.line: f"{line[:end].rstrip()}, status: {status}{line[end:]}"}
    if place is None:
        return _with_status(document, node, status)
    line = document.lines[place.line - 1]
    if place.width:
        return {place.line: line[: place.column] + status + line[place.column + place.width :]}
    return {} if place.text or place.items or place.fields else {place.line: _filled(line, place.column, status)}


def _in_braces(node: Node) -> bool:
    return bool(node.width and node.fields)


def _filled(line: str, column: int, status: str) -> str:
    """The line of a `status:` that says nothing, or only has a note."""
    return f"{line[:column]}{status} {line[column:]}" if column else f"{line.rstrip()} {status}"


def _with_status(document: Document, node: Node, status: str) -> Edits:
    """A todo that is a text becomes one with fields. Below a field that may go on the status would be part of it, so it
    stands above the fields then."""
    first = document.lines[node.line - 1]
    if not node.fields:
        named = _with_content(document, node)
        return {node.line: f"{named}\n{' ' * node.column}status: {status}"} if named else {}
    indent = len(first) - len(first.lstrip(" -"))
    last = max(node.fields.values(), key=lambda child: child.line)
    line = document.lines[last.line - 1]
    if last.width and line[last.column] not in _GOES_ON:
        return {last.line: f"{line}\n{' ' * indent}status: {status}"}
    return {node.line: f"{first[:indent]}status: {status}\n{' ' * indent}{first[indent:]}"}


def _with_content(document: Document, node: Node) -> str | None:
    """The line of a todo that is a text on one line, with the name of that text. None where lines that are not read
    stand below it: they would become fields of the todo."""
    line, below = document.lines[node.line - 1], document.lines[node.line]
    is_text = node.width and not node.items and line[node.column] not in "{[&*!"
    alone = len(below) - len(below.lstrip(" ")) < node.column
    return f"{line[: node.column]}content: {line[node.column :]}" if is_text and alone else None


def _unmarked(document: Document, plan: ParsedPlan) -> Edits:
    nodes = _nodes(document)
    if not nodes:
        return untick(document, plan)
    edits: dict[int, str | None] = {}
    for step in plan.steps:
        node = nodes.get(step.line)
        if node is not None and _in_braces(node):
            edits |= _stated(document, plan, step, "pending", None)
        elif node is not None and node.fields:
            edits |= _without_status(document, node)
        elif node is not None and (named := _with_content(document, node)):
            edits[node.line] = named
    return edits


def _without_status(document: Document, node: Node) -> dict[int, str | None]:
    place = node.fields.get("status")
    if place is None or (place.text and not place.width) or place.items or place.fields:
        return {}
    line = document.lines[place.line - 1]
    if place.line > node.line:
        return {place.line: None}
    if all(child.line != place.line + 1 for child in node.fields.values()):
        return {place.line: line[: place.column]}
    indent = len(line) - len(line.lstrip(" -"))
    return {place.line: None, place.line + 1: line[:indent] + document.lines[place.line].lstrip(" ")}


def _nodes(document: Document) -> dict[int, Node]:
    todos = read_frontmatter(document)[0].fields.get("todos")
    return {node.line: node for node in todos.items} if todos else {}


DIALECT = Dialect("cursor", parse, "the todo's status, completed", _passed, _stated, _unmarked)
