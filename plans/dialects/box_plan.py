"""From chosen boxes to a plan: what all dialects whose steps are boxes have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plans.dialects.boxes import BoxHead, duplicate_keys, read_box_step
from plans.dialects.nesting import with_surroundings
from plans.document import Document
from plans.exceptions import MAX_STEPS, TooManySteps
from plans.frontmatter import flat_fields, read_frontmatter
from plans.marks import split_suffix
from plans.references import Targets
from plans.sections import Grouping, title_of
from plans.toolchain import read_tool_chain
from plans.types import Gate, Group, ParsedPlan, Problem


@dataclass(frozen=True, slots=True)
class Extras:
    """What a dialect knows of the plan besides its steps."""

    title: str | None = None
    goal: str | None = None
    status: str | None = None
    groups: tuple[Group, ...] = ()
    gates: tuple[Gate, ...] = ()
    problems: tuple[Problem, ...] = ()


def box_plan(
    document: Document,
    name: str,
    heads: Sequence[BoxHead],
    grouping: Grouping | None = None,
    marks: str = "",
    extras: Extras | None = None,
) -> ParsedPlan:
    """The plan whose steps are these boxes; `marks` are box characters that the dialect gives a meaning."""
    more = extras or Extras()
    if len(heads) > MAX_STEPS:
        raise TooManySteps(document.path)
    known = Targets.of([head.key for head in heads], {})
    read = [read_box_step(document, head, known, marks) for head in heads]
    steps = with_surroundings(step for step, _ in read)
    frontmatter, unread = read_frontmatter(document)
    tools, tool_problems = read_tool_chain(document)
    problems = [*document.problems, *unread, *tool_problems, *more.problems, *duplicate_keys(steps)]
    problems += [problem for _, found in read for problem in found]
    fields = flat_fields(frontmatter)
    return ParsedPlan(
        path=document.path,
        dialect=name,
        title=more.title or fields.get("title") or fields.get("name") or split_suffix(title_of(document))[0].strip(),
        goal=more.goal or fields.get("overview") or fields.get("description"),
        groups=more.groups or (grouping.used if grouping else ()),
        steps=steps,
        tool_chain=tools,
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        status=more.status or fields.get("status"),
        frontmatter=fields,
        gates=more.gates,
    )
