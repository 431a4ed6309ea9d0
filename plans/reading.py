"""From the bytes of a file to a plan. Content never raises: what cannot be read is a plan without steps and why."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from pathlib import Path

from plans import collector
from plans.dialects import DIALECTS, UNKNOWN, detect
from plans.dialects.base import Detection
from plans.document import BOM, Document, edited, scan, with_box
from plans.exceptions import MAX_STEPS, TooManySteps, UnreadablePlan
from plans.types import Check, ParsedPlan, ParsedStep, Part, Problem

MAX_BYTES = 20_000_000
MAX_LINES = 1_000_000
MAX_KEY = 80

_ITEM = "- x\n"
_NOT_OPEN = re.compile(r"\[[^\[\] ]?\]")
"""What may be a box that is not open. Where there is none, the text need not be scanned."""
_COMPACT = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_plan(data: bytes, path: str = "", dialect: str | None = None, keys: Sequence[str] = ()) -> ParsedPlan:
    """Read a plan file's bytes. `dialect` overrides what the content looks like; an unknown one raises KeyError.

    `keys` are those of the whole plan in its order when the file is one of several.
    """
    problem = _unreadable(data)
    if problem:
        return _nothing(path, problem)
    with collector.paused():
        plan = parse_document(scan(data, path), dialect, keys)
    hidden = _hidden(data)
    return replace(plan, problems=(hidden, *plan.problems)) if hidden else plan


def parse_document(document: Document, dialect: str | None = None, keys: Sequence[str] = ()) -> ParsedPlan:
    """Read a scanned text in the given dialect, or in the surest one that finds steps. `keys` as in `Dialect`."""
    chosen = [Detection(dialect, 1.0, (f"{dialect} was chosen",))] if dialect else detect(document)
    problems: tuple[Problem, ...] = ()
    for detection in chosen:
        try:
            plan = DIALECTS[detection.dialect].parse(document, keys)
        except TooManySteps:
            return too_many_steps(document.path)
        if plan.steps:
            return _limited(replace(plan, reasons=detection.reasons))
        problems = problems or tuple(problem for problem in plan.problems if problem.level == "error")
    return _no_steps(document, _why_none(chosen), problems)


def _why_none(tried: Sequence[Detection]) -> tuple[str, ...]:
    if not tried:
        return ("it has neither steps under headings, nor boxes, nor a table of tasks",)
    return tuple(
        f"it looks like {one.dialect} ({', '.join(one.reasons)}), but holds no step of it" for one in tried[:2]
    )


def _limited(plan: ParsedPlan) -> ParsedPlan:
    if len(plan.steps) > MAX_STEPS:
        return too_many_steps(plan.path)
    long = [_too_long(step) for step in plan.steps if len(step.key) > MAX_KEY]
    return replace(plan, problems=(*plan.problems, *long)) if long else plan


def too_many_steps(path: str) -> ParsedPlan:
    """What is read from a plan that is refused for its length: nothing, and why."""
    return _nothing(path, Problem(1, "error", "too-many-steps", str(TooManySteps(path))))


def _too_long(step: ParsedStep) -> Problem:
    message = f"the key {step.key[:20]}… is longer than {MAX_KEY} characters; give the step a shorter one"
    return Problem(step.line, "error", "long-key", message)


def read_plan_file(path: Path, shown: str | None = None, dialect: str | None = None) -> ParsedPlan:
    """Read a plan from disk; `shown` is the path it is known by, `dialect` as in `read_plan`. Raises UnreadablePlan
    when it cannot be opened."""
    name = str(path) if shown is None else shown
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise UnreadablePlan(name, "there is no such file; check the path.") from error
    except IsADirectoryError as error:
        raise UnreadablePlan(name, "it is a folder; name a plan file in it.") from error
    except OSError as error:
        raise UnreadablePlan(name, f"{error.strerror or error}; check its permissions.") from error
    return read_plan(data, name, dialect)


def content_hash(step: ParsedStep) -> str:
    """SHA-256 (hex) of what a step asks for, without done state, marks and line numbers."""
    content: dict[str, object] = {
        "key": step.key,
        "title": step.title,
        "group": step.group,
        "kind": step.kind,
        "owner": step.owner,
        "objective": _unticked(step.objective),
        "criteria": [_unticked(part) for part in step.criteria],
        "instructions": {role: _unticked(part) for role, part in step.instructions.items()},
        "checks": [_check_content(check) for check in step.checks],
        "depends_on": step.depends_on,
        "outside": step.outside_dependencies,
        "files": step.files,
    }
    stated = zip(STATED_SINCE, _stated_since(step), strict=True)
    content |= {name: said for name, value in stated if value and (said := _said(value))}
    return hashlib.sha256(_COMPACT.encode(content).encode("utf-8")).hexdigest()


STATED_SINCE = (
    "parent", "model", "tests", "blast_radius", "spec_source", "data_deps", "tags", "parallel", "background",
    "approval", "optional", "details", "within",
)  # fmt: skip
"""Fields that came later: only those that a plan states are hashed, so that earlier hashes hold."""
_stated_since = attrgetter(*STATED_SINCE)


def _said(value: object) -> object:
    return _unticked(value) if isinstance(value, Part) else value


def _check_content(check: Check) -> list[object]:
    return [check.text, check.command, check.expectation.kind, check.expectation.value]


def _unticked(part: Part | None) -> str:
    """The part's text with every box open; boxes in code are part of the text."""
    if part is None:
        return ""
    if "[" not in part.text or not _NOT_OPEN.search(part.text):
        return part.text
    # a part may be the inside of a list item, whose deeper lines are code without the item
    data = f"{_ITEM}{part.text}".encode()
    document = scan(data)
    boxes = [item for item in document.items if item.box is not None]
    clean = edited(data, {item.line: with_box(document.lines[item.line - 1], item, " ") for item in boxes})
    return clean.decode("utf-8").removeprefix(_ITEM)


def _unreadable(data: bytes) -> Problem | None:
    """Why these bytes are no text that could hold a plan, with the line to look at; None when they are."""
    text = data.removeprefix(BOM)
    if not text or text.isspace():
        return Problem(1, "error", "empty", "the file is empty; write a plan into it")
    if len(data) > MAX_BYTES:
        return Problem(1, "error", "too-large", f"the file has more than {MAX_BYTES // 1_000_000} MB; split the plan")
    if max(data.count(b"\n"), data.count(b"\r")) > MAX_LINES:
        return Problem(1, "error", "too-large", f"the file has more than {MAX_LINES:,} lines; split the plan")
    if data.startswith(_UTF16):
        return Problem(1, "error", "encoding", "the file is UTF-16 text; save it as UTF-8")
    if b"\x00" in data:
        return Problem(_line_at(data, data.index(b"\x00")), "error", "binary", "the file is binary; choose a text file")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"byte {data[error.start]:#04x} is not UTF-8; save the file as UTF-8"
        return Problem(_line_at(data, error.start), "error", "encoding", message)
    return None


_CONTROLS = bytes({*range(32), 127} - {*b"\t\n\r\x0b\x0c"})
_CONTROL = re.compile(b"[%b]" % re.escape(_CONTROLS))
_DIRECTION = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
"""U+202A to U+202E and U+2066 to U+2069 turn the direction of text: what a person sees is not what an agent reads."""


def _hidden(data: bytes) -> Problem | None:
    """The first character that nobody sees, and that shows a text as another than it is."""
    control = None if len(data.translate(None, _CONTROLS)) == len(data) else _CONTROL.search(data)
    found = [match.start() for match in (control, _DIRECTION.search(data)) if match]
    if not found:
        return None
    place = min(found)
    code = ord(data[place : place + 3].decode("utf-8", "ignore")[0])
    message = f"this line holds U+{code:04X}, which is not seen and may show the text as another; remove it"
    return Problem(_line_at(data, place), "warning", "hidden-character", message)


def _line_at(data: bytes, offset: int) -> int:
    return len((data[:offset] + b".").splitlines())


def _no_steps(document: Document, reasons: tuple[str, ...], problems: tuple[Problem, ...] = ()) -> ParsedPlan:
    message = f"no steps were found: {'; '.join(reasons)}; write each step as `### Step 1: Title` or as a box"
    plan = _nothing(document.path, Problem(1, "error", "no-steps", message))
    if problems:
        plan = replace(plan, problems=problems)
    return replace(plan, problems=(*plan.problems, *document.problems), reasons=reasons)


def _nothing(path: str, problem: Problem) -> ParsedPlan:
    name = path.rpartition("/")[2]
    return ParsedPlan(path=path, dialect=UNKNOWN, title=name.rpartition(".")[0] or name, problems=(problem,))
