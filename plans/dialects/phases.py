"""Phase plans (`.ai/plans/YYYY-MM-DD.name.md`): phases with owner, dependencies, blast radius and checkpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from plans.dialects.base import Dialect
from plans.dialects.headed_plan import headed_plan
from plans.dialects.outline import Grammar, Outline, read_outline, step_pattern
from plans.dialects.phases_marks import passed, read_checkpoints, unmarked
from plans.document import Document
from plans.done import settle
from plans.references import Targets, declared
from plans.sections import find_section, section_name, stem
from plans.tables import read_columns, tables_in
from plans.types import Checkpoint, Claim, ParsedPlan, ParsedStep, Problem, Section

GRAMMAR = Grammar("Phase", step_pattern("Phase"), None, "phase")
NOUNS = frozenset({"phase", "phases"})
PARALLEL = (
    "parallelization opportunities",
    "parallelization groups",
    "parallelization",
    "parallel groups",
    "execution order",
)
_NOT_PHASES = ("implementation summary", "execution checkpoints", "phase completion")
_JOURNALS = ("planning process", "planning log")
_GROUP_LINE = re.compile(
    r"[ \t]*(?:(?:[-*+]|[0-9]+[.)])[ \t]*)?\**(?:Parallel[ \t]+)?Group[ \t]+[A-Z0-9]+[^:]{0,30}:\**[ \t]*"
    r"(?P<phases>Phases?[ \t]*\[?[0-9][^—(]*?)(?:[ \t]-[ \t].*|[—(].*)?$",
    re.IGNORECASE,
)


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    plan = headed_plan(document, "phases", _outline(document), NOUNS, "Phase")
    if section_name(plan.title) in _JOURNALS:
        plan = replace(plan, title=stem(document))
    checkpoints = {checkpoint.key: checkpoint for checkpoint in read_checkpoints(document)}
    judged = [_with_checkpoint(step, checkpoints.get(step.key)) for step in plan.steps]
    return replace(
        plan,
        steps=tuple(step for step, _ in judged),
        checkpoints=tuple(checkpoints.values()),
        parallel_groups=tuple(_parallel(document, [step.key for step in plan.steps])),
        problems=tuple(sorted([*plan.problems, *(p for _, found in judged for p in found)], key=lambda p: p.line)),
    )


def _outline(document: Document) -> Outline:
    """The phases on their one level: those below a summary, or deeper than the most, are no work."""
    outline = read_outline(document, GRAMMAR)
    shut = [section.span for name in _NOT_PHASES if (section := find_section(document, (name,)))]
    heads = [head for head in outline.heads if not any(span.start <= head.line <= span.end for span in shut)]
    levels = [head.heading.level for head in heads]
    level = max(sorted(set(levels)), key=levels.count, default=0)
    there = {head.key for head in heads if head.heading.level == level}
    kept = tuple(head for head in heads if head.heading.level == level or head.key not in there)
    return Outline(kept, outline.groups, outline.problems)


def _with_checkpoint(step: ParsedStep, checkpoint: Checkpoint | None) -> tuple[ParsedStep, list[Problem]]:
    """A checkpoint's status is one more place that says how far the phase is."""
    if checkpoint is None or not checkpoint.status:
        return step, []
    is_complete = checkpoint.status.lower() in ("complete", "completed")
    if not is_complete and not any(claim.done for claim in step.claims):
        return replace(step, status=checkpoint.status), []
    claims = (*step.claims, Claim(checkpoint.line, checkpoint.status, is_complete))
    done, problems = settle(f"Phase {step.key}", step.line, claims)
    return replace(step, done=done, claims=claims, status=checkpoint.status), problems


def _parallel(document: Document, keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The groups in the section on parallel work: rows with a column Phases, else lines like `Group A: Phases 1, 2`."""
    section = find_section(document, PARALLEL)
    if section is None:
        return
    known = Targets.of(keys, {}, NOUNS)
    groups = [*_tabled(document, section)] or [*_listed(document, section)]
    for said in groups[: len(keys)]:
        found = declared(said.replace("[", "").replace("]", ""), known, "").found
        if found:
            yield found


def _tabled(document: Document, section: Section) -> Iterator[str]:
    for table in tables_in(document, section.span.start, section.span.end):
        columns = read_columns(table, {"phases": "phases", "phase": "phases"})
        yield from (columns.cell(row, "phases") for row in table.rows)


def _listed(document: Document, section: Section) -> Iterator[str]:
    for _, text in document.plain_lines(section.span.start, section.span.end):
        match = _GROUP_LINE.match(text)
        if match:
            yield match["phases"]


MARK = "the ticked boxes of the phase and its checkpoint; ✅ in its heading where it has no boxes"
DIALECT = Dialect("phases", parse, MARK, passed, unmarked=unmarked)
