"""Task Master's tasks.json: tasks with sub-tasks, in one list or in one list for each tag."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from plans.dialects.base import Dialect
from plans.dialects.boxes import duplicate_keys
from plans.dialects.jsontext import Place, no_text, objects
from plans.dialects.nesting import with_surroundings
from plans.document import Document, Edits
from plans.done import is_finished
from plans.references import Targets
from plans.sections import LONGEST_GROUP, stem
from plans.types import Claim, Group, ParsedPlan, ParsedStep, Part, Problem, Span

ROOT_TAG = "master"
FINISHED = "done"
STATUSES = ("pending", "in-progress", "done", "review", "deferred", "cancelled", "blocked", "completed")
LineOf = Callable[[int], int]
_HUGE = re.compile(r"(?<![0-9])[0-9]{4000}")
_SPELLED = {"in_progress": "in-progress", "skipped": "deferred"}


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    """The tasks of the tag that the path names behind a `#`, else of master, else of the first."""
    text = "\n".join(document.lines)
    try:
        value = json.loads(text)
        return _read(document, text, value)
    except ValueError as error:
        return _unreadable(document, text, error)
    except RecursionError:
        return _nothing(document, Problem(1, "error", "json", "the JSON is nested too deep; take levels out of it"))


def _read(document: Document, text: str, value: Any) -> ParsedPlan:
    nowhere = no_text(text)
    if nowhere is not None:
        message = "this line writes a character that no text can hold (\\u0000, or half of a pair); take it out"
        return _nothing(document, Problem(_line_counter(text)(nowhere), "error", "json", message))
    tags = _tags(value)
    if not tags:
        problem = Problem(
            1, "error", "no-steps", 'no steps were found: the JSON holds no list "tasks"; name a tasks.json'
        )
        return _nothing(document, problem)
    wanted = document.path.partition("#")[2]
    tag = wanted or (ROOT_TAG if ROOT_TAG in tags else next(iter(tags)))
    if tag not in tags:
        known = ", ".join(tags)
        return _nothing(document, Problem(1, "error", "unknown-tag", f"there is no tag {tag}; it has {known}"))
    return _plan(document, text, value, tags, tag)


def _tags(value: Any) -> dict[str, list[Any]]:
    """Tag → its tasks; the one list of an older file is `master`."""
    if not isinstance(value, dict):
        return {}
    if isinstance(value.get("tasks"), list):
        return {ROOT_TAG: value["tasks"]}
    return {
        tag: inside["tasks"]
        for tag, inside in value.items()
        if isinstance(inside, dict) and isinstance(inside.get("tasks"), list)
    }


def _plan(document: Document, text: str, value: dict[str, Any], tags: Mapping[str, list[Any]], tag: str) -> ParsedPlan:
    places, problems = _places(text, ("tasks",) if "tasks" in value else (tag, "tasks"))
    line_of = _line_counter(text)
    tasks = list(_flat(tags[tag]))
    known = Targets.of([key for key, _, _, _ in tasks], {})
    read = (_step(task, key, parent, places.get(path), known, line_of, tag) for key, task, parent, path in tasks)
    steps = with_surroundings(read)
    notes = [_others(tags, tag)] if len(tags) > 1 else []
    notes += [_twice(name, line_of(at)) for name, at in problems]
    notes += [found for step in steps for found in _status_problems(step)]
    meta = value["meta"] if isinstance(value.get("meta"), dict) else {}
    return ParsedPlan(
        path=document.path,
        dialect="taskmaster",
        title=str(meta.get("projectName") or (f"Tasks: {tag}" if "tasks" not in value else stem(document))),
        groups=(Group(tag[:LONGEST_GROUP], tag, 1),),
        steps=steps,
        frontmatter={str(key): str(item) for key, item in meta.items() if isinstance(item, str | int | float)},
        problems=tuple(sorted([*notes, *duplicate_keys(steps, "Task")], key=lambda problem: problem.line)),
    )


def _flat(tasks: Sequence[Any]) -> Iterator[tuple[str, dict[str, Any], str | None, tuple[int, ...]]]:
    """(key, task, key of the task it is a part of, positions that lead to it): each task before its sub-tasks."""
    for place, task in enumerate(tasks):
        if not isinstance(task, dict):
            continue
        key = str(task.get("id", place + 1))
        yield key, task, None, (place,)
        parts = task.get("subtasks")
        for inner, part in enumerate(parts if isinstance(parts, list) else []):
            if isinstance(part, dict):
                own = str(part.get("id", inner + 1))
                yield own if own.startswith(f"{key}.") else f"{key}.{own}", part, key, (place, inner)


def _step(
    task: dict[str, Any], key: str, parent: str | None, place: Place | None, known: Targets, line_of: LineOf, tag: str
) -> ParsedStep:
    line = line_of(place.start) if place else 1
    span = Span(line, max(line, line_of(place.last_key)) if place else line)
    status = str(task.get("status") or "pending")
    found, outside = _needed(task.get("dependencies"), parent, known)
    told = (place.values.get("status") if place else None) or (place.start if place else 0, 0)
    return ParsedStep(
        key=key,
        title=" ".join(str(task.get("title") or task.get("description") or key).split()),
        line=line,
        span=span,
        group=tag[:LONGEST_GROUP],
        parent=parent,
        owner=_text(task, "assignee") or _text(task, "owner"),
        objective=_part(task, "description", span),
        criteria=tuple(filter(None, [_part(task, "acceptanceCriteria", span)])),
        instructions={"build": part} if (part := _part(task, "details", span)) else {},
        tests=_part(task, "testStrategy", span),
        depends_on=tuple(other for other in found if other != key),
        outside_dependencies=outside,
        done=is_finished(status),
        status=status,
        claims=(Claim(line_of(told[0]), status, is_finished(status)),),
        tags=tuple(filter(None, [_text(task, "priority")])),
    )


def _text(task: dict[str, Any], name: str) -> str | None:
    value = task.get(name)
    return value.strip() or None if isinstance(value, str) else None


def _part(task: dict[str, Any], name: str, span: Span) -> Part | None:
    value = task.get(name)
    if isinstance(value, list):
        value = "\n".join(f"- {entry}" for entry in value)
    return Part(value, span) if isinstance(value, str) and value.strip() else None


def _needed(value: Any, parent: str | None, known: Targets) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys that a task depends on: a number inside a sub-task is its sibling, `3.2` is whole."""
    found: list[str] = []
    outside: list[str] = []
    for entry in value if isinstance(value, list) else []:
        name = str(entry)
        sibling = f"{parent}.{name}" if parent else name
        whole = name if isinstance(entry, str) and "." in name else sibling
        key = next((one for one in (whole, sibling, name) if one.lower() in known.places), None)
        (found if key else outside).append(key or f"Task {name}")
    return tuple(dict.fromkeys(found)), tuple(dict.fromkeys(outside))


def _places(text: str, root: tuple[str, ...]) -> tuple[dict[tuple[int, ...], Place], list[tuple[str, int]]]:
    """Positions → where that task or sub-task stands, and the keys that stand twice in an object."""
    found: dict[tuple[int, ...], Place] = {}
    twice: list[tuple[str, int]] = []
    for place in objects(text):
        twice += place.twice
        inner = place.path[len(root) :]
        if place.path[: len(root)] == root and len(inner) in (1, 3) and (len(inner) == 1 or inner[1] == "subtasks"):
            found[tuple(part for part in inner if isinstance(part, int))] = place
    return found, twice


def _line_counter(text: str) -> LineOf:
    """Offset → line, both as counted in this text."""
    starts = [0]
    position = text.find("\n")
    while position >= 0:
        starts.append(position + 1)
        position = text.find("\n", position + 1)
    return lambda offset: bisect_right(starts, offset)


def _others(tags: Mapping[str, list[Any]], tag: str) -> Problem:
    names = ", ".join(name for name in tags if name != tag)
    return Problem(1, "note", "other-tags", f"the tag {tag} is read; for another ({names}) write its name behind a #")


def _twice(name: str, line: int) -> Problem:
    return Problem(
        line, "warning", "duplicate-json-key", f"the key {name} stands twice in this object; the last counts"
    )


def _status_problems(step: ParsedStep) -> list[Problem]:
    if step.status in STATUSES:
        return []
    message = f"Task {step.key} has the status {step.status}; write one of {', '.join(STATUSES[:7])}"
    return [Problem(step.claims[0].line, "warning", "unknown-status", message)]


def _unreadable(document: Document, text: str, error: ValueError) -> ParsedPlan:
    """Where it cannot be read; what is no error of the form is a number that is too long."""
    if isinstance(error, json.JSONDecodeError):
        line, said = error.lineno, error.msg
    else:
        huge = _HUGE.search(text)
        line, said = _line_counter(text)(huge.start()) if huge else 1, "this number has too many digits"
    message = f"the JSON cannot be read: {said}; correct this line (JSON has no comments)"
    return _nothing(document, Problem(line, "error", "json", message))


def _nothing(document: Document, problem: Problem) -> ParsedPlan:
    return ParsedPlan(document.path, "taskmaster", stem(document), problems=(problem,))


def _passed(document: Document, plan: ParsedPlan, step: ParsedStep, at: datetime | None) -> Edits:
    return {} if step.done else _stated(document, plan, step, FINISHED, at)


def _stated(document: Document, plan: ParsedPlan, step: ParsedStep, status: str, at: datetime | None) -> Edits:
    return _with_status(document, {step.key: _SPELLED.get(status, status)})


def _unmarked(document: Document, plan: ParsedPlan) -> Edits:
    """Of all tags: how far another one has come says nothing about this plan."""
    text, value = _json(document)
    changes = [
        change
        for tag, tasks in _tags(value).items()
        for change in _changes(text, value, tag, {key: "pending" for key, *_ in _flat(tasks)})
    ]
    return _line_edits(document, text, changes)


def _with_status(document: Document, wanted: Mapping[str, str]) -> Edits:
    """The lines with the status of these tasks; a task without one gets it in front of its other keys."""
    text, value = _json(document)
    tags = _tags(value)
    tag = document.path.partition("#")[2] or (ROOT_TAG if ROOT_TAG in tags else next(iter(tags)))
    return _line_edits(document, text, _changes(text, value, tag, wanted))


def _json(document: Document) -> tuple[str, dict[str, Any]]:
    text = "\n".join(document.lines)
    return text, json.loads(text)


def _changes(text: str, value: dict[str, Any], tag: str, wanted: Mapping[str, str]) -> list[tuple[int, int, str]]:
    places, _ = _places(text, ("tasks",) if "tasks" in value else (tag, "tasks"))
    tasks = [(key, task, path) for key, task, _, path in _flat(_tags(value)[tag]) if key in wanted and path in places]
    changes = [_change(task, places[path], wanted[key]) for key, task, path in tasks]
    return [change for change in changes if text[change[0] : change[1]] != change[2]]


def _change(task: dict[str, Any], place: Place, status: str) -> tuple[int, int, str]:
    if "status" in place.values:
        return (*place.values["status"], json.dumps(status))
    return place.start + 1, place.start + 1, f' "status": {json.dumps(status)}{"," if task else ""}'


def _line_edits(document: Document, text: str, changes: Sequence[tuple[int, int, str]]) -> Edits:
    """The changed lines, each put together once, however many changes it has."""
    line_of = _line_counter(text)
    by_line: dict[int, list[tuple[int, int, str]]] = {}
    for start, end, new in sorted(changes):
        by_line.setdefault(line_of(start), []).append((start, end, new))
    return {line: _changed(document.lines[line - 1], inside, text) for line, inside in by_line.items()}


def _changed(line: str, changes: Sequence[tuple[int, int, str]], text: str) -> str:
    """A line with its changes, whose places are those in the whole text."""
    first = text.rfind("\n", 0, changes[0][0]) + 1
    pieces, done = [], 0
    for start, end, new in changes:
        pieces += [line[done : start - first], new]
        done = end - first
    return "".join([*pieces, line[done:]])


DIALECT = Dialect("taskmaster", parse, "the task's status, done", _passed, _stated, _unmarked)
