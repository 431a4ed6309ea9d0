"""BMAD stories: the outermost boxes of the section Tasks / Subtasks, with their sub-tasks as checks."""

from __future__ import annotations

import re
from collections.abc import Sequence

from plans.dialects.base import Dialect
from plans.dialects.box_plan import Extras, box_plan
from plans.dialects.boxes import BoxHead, ordinals, own_ends, own_title
from plans.dialects.headed import mark_either, unmark_either
from plans.dialects.listed import listed
from plans.dialects.superpowers import task_headings
from plans.document import Document
from plans.sections import Grouping, find_section
from plans.types import ParsedPlan

TASKS = ("tasks / subtasks", "tasks/subtasks", "tasks", "subtasks", "task breakdown")
_TASK = re.compile(
    r"(?:\*\*)?(?:Task[ \t]+)?T?(?P<key>[0-9]+(?:\.[0-9]+)*[a-z]?)[ \t]*[:.)—–][ \t]*(?:\*\*)?[ \t]*(?P<title>.*)$"
)
_CRITERIA = re.compile(r"\(ACs?:?(?P<numbers>[^()]*)\)", re.IGNORECASE)


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    section = find_section(document, TASKS)
    if section is None:
        return task_headings(document, "bmad")
    inside = document.items_in(section.span.start, section.span.end)
    items = [item for item in inside if item.box is not None and item.depth == 0]
    if not items:
        headed = task_headings(document, "bmad", section.span)
        return headed if headed.steps else box_plan(document, "bmad", listed(document, TASKS), extras=_extras(document))
    texts = [own_title(document, item) for item in items]
    matches = [_TASK.match(text) for text in texts]
    spare = iter(ordinals(len(items), [match["key"] for match in matches if match]))
    grouping = Grouping(document.headings_in(section.span.start, section.span.end))
    ends = own_ends(items)
    heads = [
        BoxHead(
            item,
            match["key"] if match else next(spare),
            match["title"].strip() if match else text,
            grouping.at(item.line),
            end=min(ends[item.line], section.span.end),
            tags=_criteria_numbers(text),
        )
        for item, text, match in zip(items, texts, matches, strict=True)
    ]
    return box_plan(document, "bmad", heads, grouping, extras=_extras(document))


def _criteria_numbers(text: str) -> tuple[str, ...]:
    match = _CRITERIA.search(text)
    return tuple(f"AC {number}" for number in re.findall(r"[0-9]+", match["numbers"])) if match else ()


def _extras(document: Document) -> Extras:
    story, status = find_section(document, ("story",)), find_section(document, ("status",))
    goal = document.part(story.span.start, story.span.end) if story else None
    state = document.part(status.span.start, status.span.end) if status else None
    return Extras(goal=goal.text if goal else None, status=state.text.splitlines()[0].strip("* ") if state else None)


DIALECT = Dialect("bmad", parse, "the ticked box of the task", mark_either, unmarked=unmark_either)
