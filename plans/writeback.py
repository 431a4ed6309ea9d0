"""The only place that writes marks into a plan. All functions are bytes in, bytes out, and touch marks alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from plans.dialects import DIALECTS, phases_marks, taskboard_boundaries
from plans.document import Document, edited, scan
from plans.exceptions import AmbiguousStep, StepNotFound, UnreadablePlan
from plans.reading import parse_document
from plans.types import Check, Claim, ParsedPlan, ParsedStep

MOST_HOLDERS = 12
"""Steps that hold each other, outwards from the one that passed; what holds those is left to a person."""


def mark_passed(text: bytes, key: str, path: str = "", at: datetime | None = None, dialect: str = "") -> bytes:
    """The plan's text with step `key` marked complete; the same text when it already is. `at` is written where the
    dialect dates its marks; `dialect` is the one that a person chose, "" where the text decides.

    Raises StepNotFound, AmbiguousStep, UnreadablePlan.
    """
    document, plan = _read(text, path, dialect)
    step = _only_step(plan, key, path)
    return edited(text, DIALECTS[plan.dialect].passed(document, plan, step, at))


def mark_with_parents(text: bytes, key: str, path: str = "", at: datetime | None = None, dialect: str = "") -> bytes:
    """As `mark_passed`, and with the step that holds it as its last open part; a step with checks of its own waits for
    them. Raises like `mark_passed`."""
    for _ in range(MOST_HOLDERS):
        text = mark_passed(text, key, path, at, dialect)
        _, plan = _read(text, path, dialect)
        holder = plan.step(_only_step(plan, key, path).parent or "")
        if holder is None or holder.checks or not all(part.done for part in plan.steps if part.parent == holder.key):
            break
        key = holder.key
    return text


def mark_status(
    text: bytes, key: str, status: str, path: str = "", at: datetime | None = None, dialect: str = ""
) -> bytes:
    """The plan's text with a mark that claims nothing (`in_progress`, `blocked`, `pending`, `deferred`), as it is where
    the dialect has none. Raises like `mark_passed`."""
    document, plan = _read(text, path, dialect)
    step = _only_step(plan, key, path)
    return edited(text, DIALECTS[plan.dialect].stated(document, plan, step, status, at))


def write_checkpoint(text: bytes, key: str, fields: Mapping[str, str], path: str = "") -> bytes:
    """A phase plan's text with the checkpoint of a phase (`status`, `completed_at`, `artifacts`, `error` …); other
    dialects have none and stay as they are."""
    document, plan = _read(text, path)
    _only_step(plan, key, path)
    return edited(text, phases_marks.checkpoint(document, key, fields)) if plan.dialect == "phases" else text


def mark_implemented(text: bytes, at: datetime, duration: str, path: str = "") -> bytes:
    """A phase plan's text with its status and the summary of all phases; other dialects stay as they are."""
    document, plan = _read(text, path)
    return edited(text, phases_marks.implemented(document, plan, at, duration)) if plan.dialect == "phases" else text


def write_gate(text: bytes, phase: str, at: datetime, result: str, notes: str = "", path: str = "") -> bytes:
    """A taskboard's text with the phase's row in the Phase Gate Log; without such a table it stays as it is."""
    document, plan = _read(text, path)
    changes = taskboard_boundaries.gate(document, phase, at, result, notes) if plan.dialect == "taskboard" else {}
    return edited(text, changes)


def write_pull_request(text: bytes, group: str, status: str, path: str = "") -> bytes:
    """A taskboard's text with the status of a group's pull request; without such a row it stays as it is."""
    document, plan = _read(text, path)
    changes = taskboard_boundaries.pull_request(document, group, status) if plan.dialect == "taskboard" else {}
    return edited(text, changes)


def completion_marks(text: bytes, path: str = "", dialect: str = "") -> list[tuple[str, int]]:
    """(step key, line) of every mark that claims completion: headings first, then boxes, by line within a step."""
    document, plan = _read(text, path, dialect)
    if not plan.steps:
        return []
    edits = DIALECTS[plan.dialect].unmarked(document, plan)
    changed = {line for line, text in edits.items() if text != document.lines[line - 1]}
    return [(step.key, line) for step in plan.steps for line in sorted(_claimed(step) & changed)]


def _claimed(step: ParsedStep) -> set[int]:
    """The lines that say that this step is done, in whole or in part."""
    places: list[Claim | Check] = [*step.claims, *step.checks]
    done, still_open = ({place.line for place in places if place.done is wanted} for wanted in (True, False))
    return done | ({step.line} - still_open)


def without_marks(text: bytes, path: str = "", dialect: str = "", plan: ParsedPlan | None = None) -> bytes:
    """The plan's text with no completion mark at all: what a plan says, however far it has come. `plan` is what was
    read from this text, if it was."""
    if plan and plan.steps and not DIALECTS[plan.dialect].may_be_marked(text):
        return text
    document, plan = (_scanned(text, path), plan) if plan else _read(text, path, dialect)
    return edited(text, DIALECTS[plan.dialect].unmarked(document, plan)) if plan.steps else text


def _read(text: bytes, path: str, dialect: str = "") -> tuple[Document, ParsedPlan]:
    document = _scanned(text, path)
    return document, parse_document(document, dialect or None)


def _scanned(text: bytes, path: str) -> Document:
    try:
        return scan(text, path)
    except UnicodeDecodeError as error:
        raise UnreadablePlan(path, "it is not UTF-8 text; save it as UTF-8.") from error


def _only_step(plan: ParsedPlan, key: str, path: str) -> ParsedStep:
    found = [step for step in plan.steps if step.key == key]
    if not found:
        raise StepNotFound(path, key)
    if len(found) > 1:
        raise AmbiguousStep(path, key, [step.line for step in found])
    return found[0]
