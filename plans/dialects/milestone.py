"""Milestone plans: the outermost bullets of Deliverables, between sections that are found by their headings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plans.blocks import Item
from plans.dialects.base import Dialect
from plans.dialects.boxes import set_boxes, tick
from plans.dialects.checks import box_checks, item_text
from plans.document import Document, Edits
from plans.entries import read_commands, read_entries, read_rows
from plans.files import paths_in
from plans.frontmatter import flat_fields, read_frontmatter
from plans.sections import Grouping, find_section, section_name, title_of
from plans.titles import plain_title
from plans.types import Claim, Entry, ParsedPlan, ParsedStep, Part, Problem, Section, Span

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "goal": ("goal", "goals", "objective", "purpose"),
    "deliverables": ("deliverables", "scope", "deliverable"),
    "data model": ("data model", "schema", "database", "data", "alembic revision"),
    "api surface": ("api surface", "api", "endpoints", "routes", "routers and dependencies"),
    "realtime": ("realtime", "realtime layer", "streaming pipeline", "socket.io", "streaming"),
    "frontend": ("frontend deliverables", "frontend", "frontend routes and components", "frontend route", "ui"),
    "user journeys": ("user journeys", "user journey", "journeys"),
    "tests": ("tests", "testing", "test plan", "test strategy"),
    "acceptance": ("acceptance criteria", "definition of done", "acceptance"),
    "dependencies": ("dependencies on other milestones", "dependencies"),
    "decisions": ("locked decisions", "decisions locked from review", "decisions"),
}
"""Our word for a section → the headings it may have, the likeliest first."""

OPTIONAL = frozenset({"realtime", "dependencies", "decisions"})
MANDATORY = frozenset({"user journeys"})
NO_JOURNEYS = "_No product UI in this milestone._"


def parse(document: Document, keys: Sequence[str] = ()) -> ParsedPlan:
    found = {name: _locate(document, name) for name in SECTIONS}
    deliverables = found["deliverables"]
    steps = tuple(_steps(document, deliverables)) if deliverables else ()
    frontmatter, unread = read_frontmatter(document)
    goal = found["goal"]
    part = document.part(goal.span.start, goal.span.end) if goal else None
    journeys = found["user journeys"]
    problems = [*document.problems, *unread, *(_missing(document, found) if steps else ())]
    return ParsedPlan(
        path=document.path,
        dialect="milestone",
        title=title_of(document),
        goal=part.text if part else None,
        steps=steps,
        frontmatter=flat_fields(frontmatter),
        sections=tuple(section for section in found.values() if section),
        criteria=read_entries(document, found["acceptance"]),
        validation=tuple(entry for entry in read_commands(document, found["acceptance"]) if entry.command),
        journeys=read_rows(document, journeys) or _told(document, journeys),
        decisions=read_entries(document, found["decisions"]),
        problems=tuple(sorted(problems, key=lambda problem: problem.line)),
    )


def _locate(document: Document, name: str) -> Section | None:
    """By the whole heading; then by one that starts with the likeliest of them (`API surface (REST)`)."""
    section = find_section(document, SECTIONS[name])
    if section is None:
        named = (section_name(heading.text) for heading in document.headings)
        longer = next((title for title in named if title.startswith(f"{SECTIONS[name][0]} ")), None)
        section = find_section(document, (longer,)) if longer else None
    return Section(name, section.title, section.span) if section else None


def _steps(document: Document, section: Section) -> Iterator[ParsedStep]:
    inside = document.items_in(section.span.start, section.span.end)
    grouping = Grouping(document.headings_in(section.span.start, section.span.end))
    for number, item in enumerate((item for item in inside if item.depth == 0), 1):
        yield _step(document, item, f"D{number}", grouping.at(item.line), min(item.end, section.span.end))


def _step(document: Document, item: Item, key: str, group: str | None, end: int) -> ParsedStep:
    title = item_text(document, item)
    more = document.part(item.line + 1, end)
    boxes = [other for other in document.items_in(item.line + 1, end) if other.box is not None]
    return ParsedStep(
        key=key,
        title=plain_title(title),
        line=item.line,
        span=Span(item.line, end),
        group=group,
        instructions={"build": Part("\n".join([item.text, *([more.text] if more else [])]), Span(item.line, end))},
        checks=box_checks(document, boxes),
        files=tuple(dict.fromkeys(paths_in(title))) if "`" in title else (),
        done=item.ticked and all(box.ticked for box in boxes),
        claims=(Claim(item.line, f"[{item.box}]", item.ticked),) if item.box is not None else (),
    )


def _missing(document: Document, found: Mapping[str, Section | None]) -> Iterator[Problem]:
    for name, section in found.items():
        if section is None and name not in OPTIONAL:
            tried = ", ".join(SECTIONS[name])
            message = f"no section {name} was found; headings tried: {tried}"
            yield Problem(1, "error" if name in MANDATORY else "note", "missing-section", message)
    journeys = found["user journeys"]
    if journeys and not read_rows(document, journeys) and not _told(document, journeys):
        message = f"the section {journeys.title} is empty; write a row per journey, or {NO_JOURNEYS}"
        yield Problem(journeys.span.start - 1, "error", "no-journeys", message)


def _told(document: Document, section: Section | None) -> tuple[Entry, ...]:
    """Journeys that are bullets, or the sentence that says there are none."""
    part = document.part(section.span.start, section.span.end) if section else None
    if section and part and NO_JOURNEYS in part.text:
        return (Entry(NO_JOURNEYS, part.span.start),)
    return read_entries(document, section)


def _unmarked(document: Document, plan: ParsedPlan) -> Edits:
    """Only where a team writes boxes before its deliverables."""
    lines = {step.line for step in plan.steps} | {check.line for step in plan.steps for check in step.checks}
    items = [item for item in document.items if item.line in lines and item.box not in (None, " ")]
    return set_boxes(document, items, " ")


DIALECT = Dialect("milestone", parse, "the box of the deliverable", tick, unmarked=_unmarked, needs_box=True)
