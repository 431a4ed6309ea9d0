"""Steps that are headings with labelled fields and boxes below them: what such a step states, and how it is marked."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime

from plans.blocks import Item
from plans.criteria import read_criteria
from plans.dialects.boxes import box_items, set_boxes, tick, untick
from plans.dialects.checks import box_checks, check_problems
from plans.dialects.outline import StepHead
from plans.document import Document, Edits
from plans.done import settle, undone_word
from plans.fields import Field, read_fields
from plans.files import read_files
from plans.marks import PASSED, contradiction, split_suffix
from plans.references import NO_REFERENCES, References, Targets, declared
from plans.types import Check, Claim, ParsedPlan, ParsedStep, Problem, Span

_DESIGN = re.compile(r"\bdesign\b", re.IGNORECASE)
_YES = re.compile(r"(?:yes|true|ok)\b", re.IGNORECASE)
_NO = re.compile(r"(?:no|none|false|sequential)\b", re.IGNORECASE)
_REVIEW = re.compile(
    r"(?:#{2,6}[ \t]+|\*\*)(?!Step\b)[^*:]{0,40}\breview\b[^*:]{0,30}:?(?:\*\*)?:?[ \t]*$", re.IGNORECASE
)
_FIRST_MARK = re.compile(r"[✅✔☑]\ufe0f?[ \t]*")


def read_headed(
    document: Document, head: StepHead, known: Targets, name: str, extra: Sequence[Check] = ()
) -> tuple[ParsedStep, list[Problem]]:
    """The step under a heading; `extra` are checks that its dialect finds outside boxes."""
    end = last_line(document, head.line, head.end)
    fields = read_fields(document, head.line + 1, end)
    by_name: dict[str, list[Field]] = {}
    for field in fields:
        by_name.setdefault(field.name, []).append(field)
    boxes = [item for item in document.items_in(head.line, end) if item.box is not None]
    claims = _claims(head, boxes, _judged(document, head, boxes, by_name.get("criteria", ())))
    done, problems = settle(f"{name} {head.key}", head.line, claims)
    needed = _needed(document, by_name.get("depends", ()), known, head.key)
    checks = sorted([*box_checks(document, boxes), *extra], key=lambda check: check.line)
    step = ParsedStep(
        key=head.key,
        title=head.title,
        line=head.line,
        span=Span(head.line, end),
        group=head.group,
        parent=head.parent,
        kind=_kind(head, by_name, document),
        owner=_inline(by_name, "owner"),
        model=_inline(by_name, "model"),
        objective=next((part for field in by_name.get("objective", ()) if (part := field.part(document))), None),
        criteria=tuple(part for field in by_name.get("criteria", ()) for part in read_criteria(document, field)),
        instructions={"build": part} if (part := document.part(head.line + 1, end)) else {},
        checks=tuple(checks),
        depends_on=tuple(key for key in needed.found if key != head.key),
        outside_dependencies=needed.outside,
        files=read_files(document, by_name.get("files", [])),
        done=done,
        claims=tuple(claims),
        tests=next((part for field in by_name.get("tests", ()) if (part := field.part(document))), None),
        blast_radius=_text(document, by_name, "blast_radius"),
        spec_source=_inline(by_name, "spec_source"),
        tags=_tags(by_name),
        parallel=flag(_inline(by_name, "parallel")),
        status=_inline(by_name, "status"),
    )
    return step, [*problems, *check_problems(boxes)]


def last_line(document: Document, start: int, end: int) -> int:
    """The step's last line that says something: empty lines and closing rules are not part of it."""
    while end > start and document.is_filler(end):
        end -= 1
    return end


def flag(text: str | None) -> bool | None:
    """What `yes`, `true (with step 2)` or `No` say, None when nothing."""
    if text is None:
        return None
    return True if _YES.match(text) else False if _NO.match(text) else None


def _judged(document: Document, head: StepHead, boxes: Sequence[Item], criteria: Sequence[Field]) -> Sequence[Item]:
    """The boxes that say whether the step is done: those of its criteria, else all but a review's own checklist."""
    inside = _within(boxes, criteria)
    if inside or not boxes:
        return inside
    names = sorted([*document.labels_in(head.line + 1, head.end), *_heading_lines(document, head)])
    above = ((box, names[place - 1] if (place := bisect_left(names, box.line)) else 0) for box in boxes)
    own = [box for box, line in above if not line or not _REVIEW.match(document.lines[line - 1])]
    return own or boxes


def _heading_lines(document: Document, head: StepHead) -> list[int]:
    return [heading.line for heading in document.headings_in(head.line + 1, head.end)]


def _claims(head: StepHead, boxes: Sequence[Item], judged: Sequence[Item]) -> list[Claim]:
    """What the heading's check mark and the judged boxes say."""
    claims = [Claim(head.line, "marked done", True)] if head.marked else []
    still_open = next((box for box in judged if not box.ticked), None)
    if still_open is not None and (head.marked or all(box.box in ("", " ") for box in judged)):
        claims.append(Claim(still_open.line, "open", False))
    elif still_open is not None:
        claims.append(Claim(still_open.line, "only partly ticked", False))
    elif judged:
        claims.append(Claim(judged[0].line, "ticked", True))
    word = contradiction(head.heading.text) or undone_word(head.title)
    if word:
        claims.append(Claim(head.line, f"called {word}", False))
    return claims


def _within(boxes: Sequence[Item], fields: Sequence[Field]) -> list[Item]:
    """The boxes that stand in one of these fields, which stand below each other."""
    starts = [field.line for field in fields]
    above = [bisect_right(starts, box.line) - 1 for box in boxes]
    return [box for box, place in zip(boxes, above, strict=True) if place >= 0 and box.line <= fields[place].end]


def _needed(document: Document, fields: Sequence[Field], known: Targets, own: str) -> References:
    """What the first such field says: beside its label up to an empty line or a list, else all of it."""
    return declared(_said(document, fields[0]), known, own) if fields else NO_REFERENCES


def _said(document: Document, field: Field) -> str:
    if not field.inline:
        return field.text(document)
    said = [field.inline]
    for line in range(field.line + 1, field.end + 1):
        text = document.lines[line - 1].strip()
        if not text or document.items_in(line, line) or document.opaque[line - 1]:
            break
        said.append(text)
    return "\n".join(said)


def _inline(fields: dict[str, list[Field]], name: str) -> str | None:
    values = (field.inline.strip("`* ") for field in fields.get(name, ()))
    return next((value for value in values if value), None)


def _text(document: Document, fields: dict[str, list[Field]], name: str) -> str | None:
    """A field's value that may be empty on purpose: "" when its label stands there without one."""
    found = fields.get(name)
    return found[0].text(document).strip() if found else None


def _tags(fields: dict[str, list[Field]]) -> tuple[str, ...]:
    said = _inline(fields, "tags")
    return tuple(tag.strip("` ") for tag in said.split(",") if tag.strip()) if said else ()


def _kind(head: StepHead, fields: dict[str, list[Field]], document: Document) -> str:
    stated = _inline(fields, "kind") or head.title
    return "design" if _DESIGN.search(stated) else "code"


def mark_heading(document: Document, plan: ParsedPlan, step: ParsedStep, at: datetime | None) -> Edits:
    """Every box of the step ticked; in a step without boxes, ✅ before the heading's text."""
    boxes = box_items(document, [check.line for check in step.checks])
    if boxes:
        return set_boxes(document, [box for box in boxes if not box.ticked], "x")
    if any(claim.done and claim.line == step.line for claim in step.claims):
        return {}
    heading = document.headings_in(step.line, step.line)[0]
    line = document.lines[step.line - 1]
    return {step.line: line[: heading.column] + PASSED + line[heading.column :]}


def unmark_heading(document: Document, plan: ParsedPlan) -> Edits:
    edits: dict[int, str] = {}
    for step in plan.steps:
        boxes = box_items(document, [check.line for check in step.checks])
        edits |= set_boxes(document, [box for box in boxes if box.box != " "], " ")
        heading = document.headings_in(step.line, step.line)[0]
        line = document.lines[step.line - 1]
        bare = line[: heading.column] + _FIRST_MARK.sub("", line[heading.column :], count=1)
        bare = split_suffix(bare)[0]
        if bare != line:
            edits[step.line] = bare
    return edits


def mark_either(document: Document, plan: ParsedPlan, step: ParsedStep, at: datetime | None) -> Edits:
    """As a heading where the step is one, else as a box."""
    return (mark_heading if _is_heading(document, step) else tick)(document, plan, step, at)


def unmark_either(document: Document, plan: ParsedPlan) -> Edits:
    is_headed = bool(plan.steps) and _is_heading(document, plan.steps[0])
    return (unmark_heading if is_headed else untick)(document, plan)


def _is_heading(document: Document, step: ParsedStep) -> bool:
    return bool(document.headings_in(step.line, step.line))
