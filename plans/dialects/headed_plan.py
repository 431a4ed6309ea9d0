"""From an outline of headings to a plan: what all dialects whose steps are headings have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plans.dialects.boxes import duplicate_keys
from plans.dialects.headed import read_headed
from plans.dialects.nesting import with_surroundings
from plans.dialects.outline import Outline, StepHead
from plans.document import Document
from plans.fields import read_fields
from plans.frontmatter import flat_fields, read_frontmatter
from plans.marks import split_suffix
from plans.references import Targets
from plans.sections import title_of
from plans.toolchain import read_tool_chain
from plans.types import Check, ParsedPlan


def headed_plan(
    document: Document,
    name: str,
    outline: Outline,
    nouns: frozenset[str],
    noun: str,
    extra: Callable[[Document, StepHead], Sequence[Check]] = lambda document, head: (),
) -> ParsedPlan:
    """The plan whose steps are the headings of an outline; `nouns` are the words for one, `noun` is for messages."""
    known = Targets.of([head.key for head in outline.heads], {}, nouns)
    read = [read_headed(document, head, known, noun, extra(document, head)) for head in outline.heads]
    steps = with_surroundings(step for step, _ in read)
    frontmatter, unread = read_frontmatter(document)
    tools, tool_problems = read_tool_chain(document)
    problems = [*document.problems, *unread, *outline.problems, *tool_problems, *duplicate_keys(steps, noun)]
    problems += [problem for _, found in read for problem in found]
    fields = flat_fields(frontmatter)
    before = outline.heads[0].line - 1 if outline.heads else len(document.lines)
    head = {field.name: field for field in reversed(read_fields(document, 1, before))}
    goal = head["objective"].part(document) if "objective" in head else None
    status = head["status"].inline if "status" in head else fields.get("status")
    return ParsedPlan(
        path=document.path,
        dialect=name,
        title=fields.get("title") or fields.get("name") or split_suffix(title_of(document))[0].strip(),
        goal=goal.text if goal else None,
        groups=outline.groups,
        steps=steps,
        tool_chain=tools,
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
        status=status or None,
        frontmatter=fields,
    )
