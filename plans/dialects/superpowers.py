"""Superpowers plans: `### Task 1: Title` with steps as boxes, in older plans as bold lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plans.commands import read_item
from plans.dialects.base import Dialect
from plans.dialects.headed import mark_heading, unmark_heading
from plans.dialects.headed_plan import headed_plan
from plans.dialects.outline import Grammar, StepHead, group_pattern, read_outline, step_pattern
from plans.document import Document
from plans.types import Check, ParsedPlan, Span

_STEP_LINE = re.compile(r"\*\*(?:Step|Sub-?step)[ \t]+[0-9]+[a-z]?\b[^*]*\*\*")
GROUPS = group_pattern("Phase|Chunk|Milestone|Part|Stage")
GRAMMAR = Grammar("Task", step_pattern("Task"), GROUPS, "task", has_parts=True)
NOUNS = frozenset({"task", "tasks"})


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    return task_headings(document, "superpowers")


def task_headings(document: Document, name: str, within: Span | None = None) -> ParsedPlan:
    """The plan whose tasks are headings (`### Task 1.2: Title`), in whichever dialect they stand."""
    start, end = (within.start, within.end) if within else (1, len(document.lines))
    return headed_plan(document, name, read_outline(document, GRAMMAR, start, end), NOUNS, "Task", bold_steps)


def bold_steps(document: Document, head: StepHead) -> list[Check]:
    """The steps of a task that are written as bold lines instead of boxes."""
    return [
        Check(text.strip(), line, head.marked, *read_item(text))
        for line in document.labels_in(head.line + 1, head.end)
        if _STEP_LINE.match(text := document.lines[line - 1])
    ]


DIALECT = Dialect(
    "superpowers", parse, "the ticked boxes of the task; ✅ in its heading where it has none", mark_heading,
    unmarked=unmark_heading,
)  # fmt: skip
