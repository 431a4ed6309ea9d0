"""Which dialect a text is written in: a table of what speaks for each, by content and by path."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from plans.dialects.base import Detection
from plans.document import Document
from plans.sections import section_name

SAMPLE = 3_000
"""Headings, items, labels and table rows that are looked at: a file is written in one dialect throughout."""

_LEAD = re.compile(r"[^\w<]*(step|task|phase|milestone|sprint|epic|story|chunk)[ \t]+[0-9]", re.IGNORECASE)
_ROLE = re.compile(r"phase[ \t]+[0-9][ \t]*[:—–-]*[ \t]*(?:build|implement|adversarial|review|verif)", re.IGNORECASE)
_NUMBERED = re.compile(r"(?:[0-9]+[.)]|[0-9]+(?:\.[0-9]+)+[.)]?)[ \t]")
_BOX = re.compile(
    r"\**\[?(?:(?P<id>T[0-9]{2,}[a-z]?\b(?!(?:\.[0-9]+)?[-–]))|(?P<number>[0-9]+(?:\.[0-9]+)*[a-z]?[.):]?\*?\*?[ \t])"
    r"|(?P<step>Step[ \t]+[0-9]))"
)
_LABEL = re.compile(r"(?:[-*+][ \t]+)?(?:\*\*|__)([A-Za-z][\w /-]{1,40}?):?(?:\*\*|__)")
_TASK_ROW = re.compile(r"\W*T[0-9]+\.[0-9]+[a-z]?\W*$")
_STORY = re.compile(r"story[ \t]+[0-9]", re.IGNORECASE)
_MILESTONE_TITLE = re.compile(r"(?:M[0-9]+|Milestone[ \t]+[0-9]+|Feature)[ \t]*[—–:-]", re.IGNORECASE)
_SKILL = re.compile(r"superpowers:|For (?:agentic workers|Claude)", re.IGNORECASE)
_TWO_IDS = re.compile(r"<!-- *[0-9a-f]{8}-[0-9a-f-]{27} +[0-9a-f]{8}-")
_KIRO_TASKS = re.compile(r"/\.kiro/specs/(?:[^/]+/)*tasks\.md$")
_EXEC_PLANS = re.compile(r"/exec-?plans/")
_PHASES_FILE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\.[^/]+\.md$")
_MILESTONE_FILE = re.compile(r"(?:^|/)(?:m[0-9]+|feature)-[^/]+\.md$")

_MILESTONE_PARTS = ("goal", "goals", "acceptance criteria", "data model", "api surface", "user journeys")


STEP_SECTIONS = (
    "implementation steps", "steps", "implementation plan", "tasks", "task list", "implementation tasks",
    "action items", "todo", "to do", "next steps", "checklist", "plan",
)  # fmt: skip
"""Sections whose numbered headings are steps."""


STORY_TASKS = ("tasks / subtasks", "tasks/subtasks")
TASK_TITLES = ("implementation tasks", "tasks", "task list")


@dataclass(slots=True)
class Evidence:
    """What a text shows at a glance. Counters count; `names` are its headings in lower case without numbers."""

    path: str
    names: Counter[str] = field(default_factory=Counter)
    leads: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    boxes: Counter[str] = field(default_factory=Counter)
    keys: frozenset[str] = frozenset()
    title: str = ""
    head: str = ""
    task_rows: int = 0
    numbered_groups: int = 0
    roles: int = 0
    requirements: int = 0
    is_tasks_json: bool = False

    def named(self, *names: str) -> bool:
        return any(name in self.names for name in names)

    def file(self, *parts: str) -> bool:
        return any(part in self.path for part in parts)


def _somewhere(word: str, lines: Sequence[str]) -> bool:
    return any(word in line for line in lines)


def look(document: Document) -> Evidence:
    path = "/" + document.path.partition("#")[0].replace("\\", "/").lower()
    if document.is_json:
        # An editor's tasks.json lists commands with labels; a plan's tasks have titles.
        editors = _somewhere('"label"', document.lines) and not _somewhere('"title"', document.lines)
        return Evidence(path, is_tasks_json=_somewhere('"tasks"', document.lines) and not editors)
    headings = _sample(document.headings)
    seen = Evidence(path, Counter(section_name(heading.text) for heading in headings))
    seen.title = next((heading.text for heading in headings if heading.level == 1), "")
    seen.head = "\n".join(islice(document.lines, 30))
    for heading in headings:
        if match := _LEAD.match(heading.text):
            seen.leads[match[1].lower()] += 1
        seen.roles += _ROLE.match(heading.text) is not None
        seen.numbered_groups += heading.level == 2 and _NUMBERED.match(heading.text) is not None
    _look_at_items(document, seen)
    seen.labels.update(_labels(document))
    seen.keys = frozenset(_frontmatter_keys(document))
    rows = (row.cells[0] for table in document.tables for row in table.rows if row.cells)
    seen.task_rows = sum(_TASK_ROW.match(cell) is not None for cell in islice(rows, SAMPLE))
    return seen


def _sample(blocks: Sequence) -> Sequence:
    return blocks if len(blocks) <= SAMPLE else [*blocks[: SAMPLE // 2], *blocks[-SAMPLE // 2 :]]


def _look_at_items(document: Document, seen: Evidence) -> None:
    for item in _sample(document.items):
        if item.box is not None:
            match = _BOX.match(item.text)
            seen.boxes[(match.lastgroup or "text") if match else "text"] += 1
        elif item.text.startswith(("_Requirement", "_Validates", "**Validates")):
            seen.requirements += 1


def _labels(document: Document) -> Iterator[str]:
    for line in _sample(document.labels):
        for name in _LABEL.findall(document.lines[line - 1])[:4]:
            yield name.strip().lower()


def _frontmatter_keys(document: Document) -> Iterator[str]:
    for line in document.lines[1 : document.frontmatter.end - 1] if document.frontmatter else ():
        key, colon, _ = line.partition(":")
        if colon and key == key.strip():
            yield key.lower()


@dataclass(frozen=True, slots=True)
class Sign:
    """What speaks for a dialect (or, with negative points, against it), and how much."""

    dialect: str
    points: float
    reason: str
    seen: Callable[[Evidence], object]


def _boxes(seen: Evidence) -> int:
    return sum(seen.boxes.values())


def _mostly(kind: str) -> Callable[[Evidence], bool]:
    return lambda seen: seen.boxes[kind] * 2 > _boxes(seen)


def _steps_only(seen: Evidence) -> bool:
    return seen.leads["step"] > 0 and not seen.labels["task id"]


SIGNS: tuple[Sign, ...] = (
    Sign("blueprint", 0.6, "headings of the form `Step N: Title`", _steps_only),
    Sign("blueprint", 0.3, "phases named build, review or verification", lambda s: s.roles),
    Sign("blueprint", 0.3, "phases named build, review or verification in a step file", lambda s: _is_step_file(s)),
    Sign("spec", 0.7, "tasks with `**Task ID**:`", lambda s: s.labels["task id"]),
    Sign("spec", 0.3, "a section Step by Step Tasks", lambda s: s.named("step by step tasks")),
    Sign("spec", 0.1, "a mode in the frontmatter", lambda s: "mode" in s.keys and "complexity" in s.keys),
    Sign("taskboard", 0.8, "table rows with a task id such as T1.2", lambda s: s.task_rows),
    Sign("taskboard", 0.1, "a section Task Tracking", lambda s: s.named("task tracking")),
    Sign("taskboard", 0.1, "a section Current State", lambda s: s.named("current state")),
    Sign("speckit", 0.4, "boxes with a task id such as T001", lambda s: s.boxes["id"]),
    Sign("speckit", 0.6, "most boxes have one", _mostly("id")),
    Sign("taskmaster", 0.95, "JSON with a list of tasks", lambda s: s.is_tasks_json),
    Sign("cursor", 0.9, "todos in the frontmatter", lambda s: "todos" in s.keys),
    Sign("cursor", 0.8, "the two ids that Cursor writes into the first line", lambda s: _TWO_IDS.match(s.head)),
    Sign("cursor", 0.3, "a section To-dos", lambda s: s.named("to-dos", "todos") and _boxes(s)),
    Sign("cursor", 0.5, "it stands in .cursor/plans", lambda s: s.file("/.cursor/plans/")),
    Sign("cursor", 0.5, "the frontmatter of a Cursor plan", lambda s: {"overview", "isproject"} <= s.keys),
    Sign("cursor", 0.1, "the file is named .plan.md", lambda s: s.path.endswith(".plan.md")),
    Sign("superpowers", 0.6, "headings of the form `Task N: Title`", lambda s: s.leads["task"]),
    Sign("superpowers", 0.3, "it names the skill that executes it", lambda s: _SKILL.search(s.head)),
    Sign("superpowers", 0.2, "steps inside the tasks", lambda s: s.boxes["step"] or s.labels["step 1"]),
    Sign("superpowers", 0.1, "it stands in docs/plans", lambda s: s.file("superpowers/plans/", "/docs/plans/")),
    Sign("bmad", 0.7, "a section Tasks / Subtasks", lambda s: _has_story_tasks(s)),
    Sign("bmad", 0.6, "a story whose tasks are headings", lambda s: _STORY.match(s.title) and s.leads["task"]),
    Sign("bmad", 0.2, "the title is a story", lambda s: _STORY.match(s.title)),
    Sign("bmad", 0.2, "sections of a story", lambda s: s.named("story") and s.named("dev agent record", "dev notes")),
    Sign("execplan", 0.5, "a section Progress", lambda s: s.named("progress") and _boxes(s)),
    Sign("execplan", 0.2, "a section Decision Log", lambda s: s.named("decision log")),
    Sign("execplan", 0.2, "a section Surprises & Discoveries", lambda s: s.named("surprises & discoveries")),
    Sign("execplan", 0.2, "a section Purpose / Big Picture", lambda s: s.named("purpose / big picture", "purpose")),
    Sign("execplan", 0.2, "a section Outcomes", lambda s: s.named("outcomes & retrospective")),
    Sign("execplan", 0.9, "the frontmatter of a sub-task", lambda s: {"task_id", "plan_id"} <= s.keys),
    Sign("execplan", 0.5, "it stands among execution plans", lambda s: _EXEC_PLANS.search(s.path) and _boxes(s)),
    Sign("kiro", 0.5, "it stands in .kiro", lambda s: s.file("/.kiro/")),
    Sign("kiro", 0.4, "the file is a specification's tasks.md", lambda s: _KIRO_TASKS.search(s.path)),
    Sign("kiro", 0.4, "numbered boxes without numbered sections", lambda s: _loose_numbers(s)),
    Sign("kiro", 0.2, "the title Implementation Plan", lambda s: section_name(s.title) == "implementation plan"),
    Sign("kiro", 0.4, "tasks that name their requirements", lambda s: s.requirements and _boxes(s)),
    Sign("openspec", 0.5, "boxes in numbered sections", lambda s: s.numbered_groups and _boxes(s)),
    Sign("openspec", 0.2, "numbered boxes in numbered sections", lambda s: s.numbered_groups and _mostly("number")(s)),
    Sign("openspec", 0.9, "the file is a change's tasks.md", lambda s: s.file("openspec/changes/")),
    Sign("openspec", 0.7, "the title is Tasks", lambda s: _boxes(s) and section_name(s.title) in TASK_TITLES),
    Sign("openspec", 0.7, "boxes numbered like their phases", lambda s: s.leads["phase"] and _mostly("number")(s)),
    Sign("phases", 0.2, "headings of the form `Phase N: Title`", lambda s: s.leads["phase"]),
    Sign("phases", 0.2, "boxes or fields below them", lambda s: s.leads["phase"] and _filled(s)),
    Sign("phases", -0.4, "their tasks are headings", lambda s: s.leads["task"] > s.leads["phase"] > 0),
    Sign("phases", -0.4, "it is a story", lambda s: _STORY.match(s.title)),
    Sign("phases", 0.3, "it stands in .ai/plans", lambda s: s.file("/.ai/plans/")),
    Sign("phases", 0.2, "the file's name starts with a date and a dot", lambda s: _PHASES_FILE.search(s.path)),
    Sign("phases", 0.3, "phases with dependencies", lambda s: s.leads["phase"] and s.labels["dependencies"]),
    Sign("phases", 0.3, "phases with an owner", lambda s: s.labels["principal owner"]),
    Sign("phases", 0.3, "phases with a blast radius", lambda s: s.labels["blast radius"]),
    Sign("phases", 0.3, "phases with an agent and dependencies", lambda s: s.labels["agent"] and s.labels["deps"]),
    Sign("phases", 0.3, "execution checkpoints", lambda s: s.named("execution checkpoints")),
    Sign("phases", 0.2, "parallel groups", lambda s: s.named("parallelization opportunities", "parallelization")),
    Sign("milestone", 0.25, "a section Deliverables", lambda s: s.named("deliverables")),
    Sign("milestone", 0.15, "another section of a milestone", lambda s: s.named(*_MILESTONE_PARTS)),
    Sign("milestone", 0.3, "a section User journeys", lambda s: s.named("user journeys")),
    Sign("milestone", 0.2, "the title of a milestone", lambda s: _MILESTONE_TITLE.match(s.title)),
    Sign("milestone", 0.1, "the file is named like a milestone", lambda s: _MILESTONE_FILE.search(s.path)),
    Sign("checklist", 0.3, "boxes", _boxes),
    Sign("checklist", -0.3, "a story that has no tasks", lambda s: _STORY.match(s.title)),
    Sign("checklist", 0.3, "numbered phases", lambda s: s.leads["phase"]),
    Sign("checklist", 0.5, "success criteria below each phase", lambda s: s.leads["phase"] and _criteria_each(s)),
    Sign("checklist", 0.3, "a section of steps", lambda s: s.named(*STEP_SECTIONS)),
)
"""Of two dialects with equal points the one whose signs stand first is meant."""

_PHASES_OF_A_STEP = (("build", "implementation"), ("review", "adversarial review"), ("verification",))
_STEP_FILE = re.compile(r"/0{0,2}[0-9]{1,3}[a-z]?[-_. ][^/]*$")


def _is_step_file(seen: Evidence) -> bool:
    named = sum(seen.named(*names) for names in _PHASES_OF_A_STEP)
    return bool((named > 1 or seen.roles) and _STEP_FILE.search(seen.path) and not seen.leads["step"])


def _has_story_tasks(seen: Evidence) -> bool:
    return seen.named(*STORY_TASKS) or bool(seen.named("task breakdown") and _STORY.match(seen.title))


def _filled(seen: Evidence) -> bool:
    return bool(_boxes(seen) or any(seen.labels[name] for name in ("dependencies", "deliverables", "goal", "deps")))


def _criteria_each(seen: Evidence) -> bool:
    return seen.names["success criteria"] * 2 > seen.leads["phase"]


def _loose_numbers(seen: Evidence) -> bool:
    return _mostly("number")(seen) and not seen.numbered_groups


def rank(document: Document) -> list[Detection]:
    """Every dialect that something speaks for, the surest first."""
    seen = look(document)
    found: dict[str, tuple[float, list[str]]] = {}
    for sign in SIGNS:
        if sign.seen(seen):
            points, reasons = found.get(sign.dialect, (0.0, []))
            found[sign.dialect] = (points + sign.points, [*reasons, sign.reason])
    ranked = [
        Detection(dialect, min(1.0, round(points, 2)), tuple(reasons)) for dialect, (points, reasons) in found.items()
    ]
    sums = {dialect: points for dialect, (points, _) in found.items()}
    return sorted(ranked, key=lambda detection: -sums[detection.dialect])
