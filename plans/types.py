"""What a plan says, as frozen values. Lines are 1-based and spans include both ends.

Nothing here (nor in anything `plans.cli` reaches) imports Django, pydantic or a YAML reader.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from plans.values import quickly_made

Level = Literal["error", "warning", "note"]


@quickly_made
@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a reader should know, printed like a compiler's: `path:line: level[code]: message`."""

    line: int
    level: Level
    code: str
    message: str


@quickly_made
@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


@quickly_made
@dataclass(frozen=True, slots=True)
class Part:
    """Verbatim plan text (source line endings normalised to `\\n`) and the lines it stands on."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a verification item states beyond "it runs": decides the verdict, not exit 0 alone.

    kind: exit_zero · exit_nonzero · no_output ("returns zero hits") · some_output · under · at_most ·
    over · at_least · equals (the first integer the command prints, against `value`).
    """

    kind: str = "exit_zero"
    value: int | None = None


@quickly_made
@dataclass(frozen=True, slots=True)
class Check:
    """A box or verification row of a step. `command` is None when the text names no known program."""

    text: str
    line: int
    done: bool
    command: str | None = None
    expectation: Expectation = Expectation()
    indent: int = 0


@dataclass(frozen=True, slots=True)
class ToolCommand:
    """One row of the plan's Tool Chain table."""

    category: str
    tool: str
    command: str
    line: int


@dataclass(frozen=True, slots=True)
class Group:
    """A phase or milestone. A batch never crosses its border."""

    key: str
    title: str
    line: int


@quickly_made
@dataclass(frozen=True, slots=True)
class Claim:
    """One place that says whether a step is done: a mark in a heading, its box, a status cell, its checks.

    `says` is what is written there (`completed`, `[x]`, `✅`)."""

    line: int
    says: str
    done: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the plan found by its heading. `name` is our word, `title` the heading as written, None is missing."""

    name: str
    title: str
    span: Span


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a plan-wide list or table: a criterion, a journey, a decision. `cells` are a row's, by column name."""

    text: str
    line: int
    done: bool = False
    command: str | None = None
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gate:
    """The criteria that close a group."""

    group: str
    line: int
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What an earlier execution noted of a step: `status` as written, the other fields by name."""

    key: str
    line: int
    status: str
    fields: dict[str, str] = field(default_factory=dict)


@quickly_made
@dataclass(frozen=True, slots=True)
class ParsedStep:
    """One step as the plan states it.

    `instructions` maps a role (build, review, verify) to its verbatim text. `depends_on` holds only keys that
    exist in the plan; what else is named stands in `outside_dependencies`. `path` is the step's own file in a
    folder of step files, else None. `owner` and `model` are as written. `status` is the word of the plan, `claims`
    every place that says whether the step is done. `parent` is the key of the step that this one is a part of,
    `within` what that step says itself (and the ones that it is a part of).
    A flag that the plan does not state is None. `details` holds every other labelled field, by its label.
    """

    key: str
    title: str
    line: int
    span: Span
    group: str | None = None
    kind: str = "code"
    owner: str | None = None
    objective: Part | None = None
    criteria: tuple[Part, ...] = ()
    instructions: dict[str, Part] = field(default_factory=dict)
    checks: tuple[Check, ...] = ()
    depends_on: tuple[str, ...] = ()
    outside_dependencies: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    done: bool = False
    path: str | None = None
    parent: str | None = None
    within: Part | None = None
    model: str | None = None
    status: str | None = None
    claims: tuple[Claim, ...] = ()
    tests: Part | None = None
    blast_radius: str | None = None
    spec_source: str | None = None
    data_deps: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    parallel: bool | None = None
    background: bool | None = None
    approval: bool | None = None
    optional: bool = False
    details: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedPlan:
    """A whole plan file (or folder of step files) as read. No steps: `problems` says why.

    `frontmatter` holds its scalars as written, lists joined by commas. `sections` are the parts that were looked for
    and found. `parallel_groups` are sets of step keys that may run side by side, in the order of their execution.
    """

    path: str
    dialect: str
    title: str
    goal: str | None = None
    groups: tuple[Group, ...] = ()
    steps: tuple[ParsedStep, ...] = ()
    tool_chain: tuple[ToolCommand, ...] = ()
    problems: tuple[Problem, ...] = ()
    reasons: tuple[str, ...] = ()
    status: str | None = None
    frontmatter: dict[str, str] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    criteria: tuple[Entry, ...] = ()
    validation: tuple[Entry, ...] = ()
    documentation: tuple[Entry, ...] = ()
    journeys: tuple[Entry, ...] = ()
    decisions: tuple[Entry, ...] = ()
    parallel_groups: tuple[tuple[str, ...], ...] = ()
    review_policy: dict[str, str] = field(default_factory=dict)
    team: dict[str, str] = field(default_factory=dict)
    checkpoints: tuple[Checkpoint, ...] = ()
    gates: tuple[Gate, ...] = ()

    def step(self, key: str) -> ParsedStep | None:
        """The step with this key, or None."""
        return next((step for step in self.steps if step.key == key), None)

    @property
    def has_errors(self) -> bool:
        return any(problem.level == "error" for problem in self.problems)
