"""Blueprint plans: `### Step 1: Title` with Phase 1 (build), 2 (review) and 3 (verification); ✅ marks a done step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from plans.blocks import Item
from plans.dialects.base import Dialect
from plans.dialects.blueprint_outline import read_blueprint
from plans.dialects.blueprint_step import read_step
from plans.dialects.outline import Outline, StepHead
from plans.document import Document, Edits, with_box
from plans.fields import read_fields
from plans.marks import PASSED, may_be_marked, split_suffix
from plans.references import Targets
from plans.toolchain import read_tool_chain
from plans.types import ParsedPlan, ParsedStep, Part, Problem

NAME = "blueprint"


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    outline = read_blueprint(document)
    known = _known(outline, keys)
    read = [read_step(document, head, known) for head in outline.heads]
    tools, tool_problems = read_tool_chain(document)
    problems = [*document.problems, *outline.problems, *tool_problems, *_duplicates(outline.heads)]
    problems += [problem for _, found in read for problem in found]
    return ParsedPlan(
        path=document.path,
        dialect=NAME,
        title=_title(document),
        goal=_goal(document, outline),
        groups=outline.groups,
        steps=tuple(step for step, _ in read),
        tool_chain=tools,
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
    )


def passed(document: Document, plan: ParsedPlan, step: ParsedStep, at: datetime | None) -> Edits:
    """✅ before "Step" in the heading, and every box of the step ticked."""
    head = _heads(document)[step.line]
    line = document.lines[step.line - 1]
    edits = _boxes(document, "x", [item for item in _boxed(document, step) if not item.ticked])
    if head.marked:
        return edits
    return {step.line: line[: head.word_column] + PASSED + line[head.word_column :], **edits}


def unmarked(document: Document, plan: ParsedPlan) -> Edits:
    """No check mark on a step's heading, no tick in its boxes."""
    heads = _heads(document)
    edits: dict[int, str] = {}
    for step in plan.steps:
        edits |= _boxes(document, " ", _boxed(document, step))
        edits[step.line] = _without_mark(document.lines[step.line - 1], heads[step.line])
    return edits


def _heads(document: Document) -> dict[int, StepHead]:
    return {head.line: head for head in read_blueprint(document).heads}


def _boxed(document: Document, step: ParsedStep) -> list[Item]:
    return [item for item in document.items_in(step.span.start, step.span.end) if item.box is not None]


def _boxes(document: Document, mark: str, items: list[Item]) -> dict[int, str]:
    return {item.line: with_box(document.lines[item.line - 1], item, mark) for item in items}


def _without_mark(line: str, head: StepHead) -> str:
    line = line[: head.mark_column] + line[head.word_column :] if head.mark_column is not None else line
    line = line.replace(head.inner_mark, "", 1) if head.inner_mark else line
    return split_suffix(line)[0]


def _known(outline: Outline, keys: Sequence[str]) -> Targets:
    groups: dict[str, list[str]] = {}
    for head in outline.heads:
        if head.group and (number := head.group.split()[1:2]):
            groups.setdefault(number[0].lower(), []).append(head.key)
    own = dict.fromkeys(head.key for head in outline.heads)
    return Targets.of(tuple(keys or own), groups)


def _duplicates(heads: tuple[StepHead, ...]) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for head in heads:
        line = first.setdefault(head.key, head.line)
        if line != head.line:
            message = f"Step {head.key} already stands on line {line}; give each step its own number"
            problems.append(Problem(head.line, "error", "duplicate-key", message))
    return problems


def _title(document: Document) -> str:
    first = next((heading for heading in document.headings if heading.level == 1), None)
    if first:
        return split_suffix(first.text)[0].strip()
    if document.frontmatter:
        for line in document.lines[: document.frontmatter.end]:
            if line.startswith("title:"):
                return line.removeprefix("title:").strip(" \t\"'")
    return document.path.rpartition("/")[2].rpartition(".")[0]


def _goal(document: Document, outline: Outline) -> str | None:
    before = outline.heads[0].line - 1 if outline.heads else len(document.lines)
    fields = read_fields(document, 1, before)
    parts: list[Part | None] = [field.part(document) for field in fields if field.name == "objective"]
    return next((part.text for part in parts if part), None)


DIALECT = Dialect(
    NAME,
    parse,
    "✅ in the step's heading and the ticks of its boxes",
    passed,
    unmarked=unmarked,
    may_be_marked=may_be_marked,
)
