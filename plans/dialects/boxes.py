"""Plans whose steps are boxes in lists: what a box step states, and how it is marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from plans.blocks import Item
from plans.dialects.checks import box_checks, check_problems, item_text
from plans.document import Document, Edits, with_box
from plans.done import settle, undone_word
from plans.files import paths_in
from plans.key_references import gather_keys
from plans.references import Gathering, References, Targets
from plans.types import Claim, ParsedPlan, ParsedStep, Part, Problem, Span

NUMBER = re.compile(
    r"(?:\*\*)?(?:Task[ \t]+)?(?P<key>[0-9]+(?:\.[0-9]+)*[a-z]?)(?:[.):]|(?=[ \t]))[ \t]*(?P<title>.*)$"
)
_DEPENDS = re.compile(
    r"[*_]*(?:depends(?:[ \t]+on)?|dependenc(?:y|ies)|blocked[ \t]+by|requires)[*_]*:[*_]*[ \t]*(?P<what>.*)$",
    re.IGNORECASE,
)
_DEPENDS_INSIDE = re.compile(r"\((?:depends on|requires|after|blocked by)[ \t]([^()]*)\)", re.IGNORECASE)
_FIELD = re.compile(r"(?:~~)?[*_]*(?P<name>[A-Za-z][A-Za-z /-]{1,30}?)[*_]*:[*_]*[ \t]*(?P<value>.*?)(?:~~)?$")


@dataclass(frozen=True, slots=True)
class BoxHead:
    """A box that is a step, and what its dialect reads from its line; `end` is its own last line, `own_text` its first
    line without what marks write there."""

    item: Item
    key: str
    title: str
    group: str | None = None
    parent: str | None = None
    end: int = 0
    optional: bool = False
    parallel: bool | None = None
    tags: tuple[str, ...] = ()
    own_text: str = ""


def read_box_step(
    document: Document, head: BoxHead, known: Targets, marks: str = ""
) -> tuple[ParsedStep, list[Problem]]:
    """The step that a box is; `marks` are box characters with a meaning of their own in the dialect."""
    item, end = head.item, head.end or head.item.end
    nested = document.items_in(item.line + 1, end)
    boxes = [other for other in nested if other.box is not None]
    claims = _claims(head, boxes)
    done, problems = settle(f"Step {head.key}", item.line, claims)
    details = _details(nested)
    needed = _needed(head, nested, known)
    step = ParsedStep(
        key=head.key,
        title=head.title,
        line=item.line,
        span=Span(item.line, end),
        group=head.group,
        parent=head.parent,
        instructions={"build": _whole(document, head, end)},
        checks=box_checks(document, boxes),
        depends_on=tuple(key for key in needed.found if key != head.key),
        outside_dependencies=needed.outside,
        files=tuple(dict.fromkeys(path for text in _texts(head, nested) for path in paths_in(text))),
        done=done,
        claims=tuple(claims),
        status=f"[{item.box}]",
        optional=head.optional,
        parallel=head.parallel,
        tags=head.tags,
        details=details,
    )
    return step, [*problems, *check_problems([item, *boxes], marks)]


def _claims(head: BoxHead, boxes: Sequence[Item]) -> list[Claim]:
    item = head.item
    claims = [Claim(item.line, f"[{item.box}]", item.ticked)]
    still_open = next((box for box in boxes if not box.ticked), None)
    if item.ticked and still_open is not None:
        claims.append(Claim(still_open.line, f"[{still_open.box}] in one of its boxes", False))
    word = undone_word(head.title)
    if item.ticked and word:
        claims.append(Claim(item.line, f"called {word}", False))
    return claims


def _whole(document: Document, head: BoxHead, end: int) -> Part:
    line = head.item.line
    more = document.part(line + 1, end)
    return Part("\n".join([head.own_text or head.item.text, *([more.text] if more else [])]), Span(line, end))


def _texts(head: BoxHead, nested: Sequence[Item]) -> Iterable[str]:
    return (head.title, *(other.text for other in nested))


def _details(nested: Sequence[Item]) -> dict[str, str]:
    """Labelled bullets below a box: `Assignee: ada`."""
    found: dict[str, str] = {}
    for other in nested:
        match = _FIELD.match(other.text) if other.box is None and ":" in other.text[:36] else None
        if match:
            found.setdefault(match["name"].lower(), match["value"].strip())
    return found


def _needed(head: BoxHead, nested: Sequence[Item], known: Targets) -> References:
    gathered = Gathering(known)
    for inside in _DEPENDS_INSIDE.findall(head.title):
        gather_keys(inside, gathered)
    for other in nested:
        match = _DEPENDS.match(other.text) if other.box is None else None
        if match:
            gather_keys(match["what"].rstrip("*_"), gathered)
    return gathered.result


def own_ends(items: Sequence[Item]) -> dict[int, int]:
    """Line of each item → its own last line: a step that holds another ends above it."""
    ends = {item.line: item.end for item in items}
    for item, following in pairwise(items):
        ends[item.line] = min(item.end, following.line - 1)
    return ends


def parents_of(items: Sequence[Item], keys: Sequence[str]) -> list[str | None]:
    """For each item the key of the one it is nested in, else of the one whose number starts its own (1 for 1.2)."""
    found: list[str | None] = []
    stack: list[tuple[Item, str]] = []
    seen: set[str] = set()
    for item, key in zip(items, keys, strict=True):
        while stack and stack[-1][0].end < item.line:
            stack.pop()
        above = key.rpartition(".")[0]
        found.append(stack[-1][1] if stack else above if above in seen else None)
        stack.append((item, key))
        seen.add(key)
    return found


def ordinals(count: int, taken: Iterable[str] = ()) -> list[str]:
    """Keys for steps that write none: 1, 2, …, without those that are taken."""
    used, number = set(taken), 0
    found: list[str] = []
    while len(found) < count:
        number += 1
        if str(number) not in used:
            found.append(str(number))
    return found


def own_title(document: Document, item: Item) -> str:
    return item_text(document, item).strip()


def duplicate_keys(steps: Sequence[ParsedStep], name: str = "Step") -> list[Problem]:
    """Keys that stand twice, as errors; where one of the two is done and the other is not, that is said too."""
    first: dict[str, ParsedStep] = {}
    problems = []
    for step in steps:
        earlier = first.setdefault(step.key, step)
        if earlier is step:
            continue
        message = f"{name} {step.key} already stands on line {earlier.line}; give each step its own key"
        problems.append(Problem(step.line, "error", "duplicate-key", message))
        if earlier.done != step.done:
            done, other = (earlier, step) if earlier.done else (step, earlier)
            message = f"{name} {step.key} is done on line {done.line}, but open on line {other.line}; keep one of them"
            problems.append(Problem(step.line, "warning", "conflicting-done", message))
    return problems


def box_items(document: Document, lines: Iterable[int]) -> list[Item]:
    """The boxes that stand on these lines."""
    wanted = sorted(set(lines))
    return [item for line in wanted for item in document.items_in(line, line) if item.box is not None]


def set_boxes(document: Document, items: Iterable[Item], mark: str) -> dict[int, str]:
    return {item.line: with_box(document.lines[item.line - 1], item, mark) for item in items}


def boxes_of(document: Document, step: ParsedStep) -> list[Item]:
    return box_items(document, (step.line, *(check.line for check in step.checks)))


def tick(document: Document, plan: ParsedPlan, step: ParsedStep, at: datetime | None) -> Edits:
    """The step's own box and every box of its checks."""
    return set_boxes(document, [item for item in boxes_of(document, step) if not item.ticked], "x")


def untick(document: Document, plan: ParsedPlan) -> Edits:
    found = [item for step in plan.steps for item in boxes_of(document, step)]
    return set_boxes(document, [item for item in found if item.box != " "], " ")


def state_in_box(marks: dict[str, str]) -> Callable[..., Edits]:
    """How a dialect with box marks of its own states what is not done (`in_progress` as `[-]`)."""

    def stated(document: Document, plan: ParsedPlan, step: ParsedStep, status: str, at: datetime | None) -> Edits:
        items = box_items(document, [step.line])
        mark = marks.get(status)
        return set_boxes(document, [item for item in items if item.box != mark], mark) if mark else {}

    return stated
