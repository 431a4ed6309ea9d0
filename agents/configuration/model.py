"""The fields of `signalbox.toml`: what a repository says about how its plans are carried out.

It can only choose among what the operator allows: hosts, secrets, limits and unsafe flags have no field here. Each
field names the ledger row that needs it, and whether the engine uses it yet.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Words = tuple[str, ...]
Advising = Literal[
    "attribution",
    "dependencies",
    "expected",
    "fence",
    "forbidden",
    "phantom",
    "rules",
    "secrets",
    "size",
    "tamper",
    "undeclared",
]
"""Guards that find things which are only told, if nobody asks for more."""


class Table(BaseModel):
    """A table of the file. Its docstring and its fields' descriptions are its documentation."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _field(description: str, row: str, *, used: bool = False, default: Any = ..., kind: str = "") -> Any:
    """`kind` says how the text is read beyond its type: glob, path or regex."""
    extra: dict[str, Any] = {"row": row, "used": used, "kind": kind}
    return Field(default, description=description, json_schema_extra=extra)


class Rule(Table):
    """One line of the rubric. It applies to a step that fits any of its `titles`, `paths` or `kinds`."""

    agent: str = _field("The agent that builds such steps, by the name of its definition.", "M6", used=True)
    titles: Words = _field(
        "Words of the step's title, letter case aside; `*` stands for anything.", "M6", used=True, default=()
    )
    paths: Words = _field(
        "Globs over the files the step declares; `**` stands for any folders.", "M6", used=True, default=(), kind="glob"
    )
    kinds: Words = _field("The step's kind, as the plan states it.", "M6", used=True, default=())


class Agents(Table):
    """Who does what, and what they read first."""

    rubric: tuple[Rule, ...] = _field(
        "Which agent builds a step whose plan names none. Rules that disagree about a step decide nothing.",
        "M6", used=True, default=(),
    )  # fmt: skip
    guidelines: dict[str, Words] = _field(
        "Files that an agent reads and follows, by the agent's name; those of `*` are for all. `path#section` names a "
        "section. A reviewer also gets those of the agent that built the step.",
        "M22", used=True, default={}, kind="path",
    )  # fmt: skip


class DesignCommand(Table):
    """One line of the routing table: which design commands a shape of work takes."""

    work: str = _field("The shape of work, in words that the dispatch plan shows.", "M7")
    commands: Words = _field("The commands in their order; `none` for work without visual change.", "M7")
    titles: Words = _field("Words of the step's title that mark such work.", "M7", default=())
    paths: Words = _field("Globs over the step's files that mark such work.", "M7", default=(), kind="glob")


class Commands(Table):
    """Commands of the project that are not checks."""

    format: str = _field("Run before a person's commit when they ask for one.", "M20", default="")
    fix: Words = _field("The only commands that may correct a milestone's checks by themselves.", "T9", default=())
    stage_data: str = _field("Brings data that a task needs and that is not verified yet.", "T4", default="")
    design: tuple[DesignCommand, ...] = _field("The routing table of design commands.", "M7", default=())
    design_agents: Words = _field("The agents whose dispatches each have a design command.", "M7", default=())
    visual: Words = _field("Globs of files whose change is a visual one.", "M7", default=(), kind="glob")


class Setup(Table):
    """What makes a worktree ready before an agent or a check works in it."""

    commands: Words = _field(
        "Run in order in a checkout of the commit, with the network of `hosts` alone. What they make and git ignores "
        "is kept by these commands, lock files and manifests, and shown read-only in every worktree and checkout.",
        "X16", used=True, default=(),
    )  # fmt: skip
    hosts: Words | None = _field(
        "Hosts that the commands may ask, chosen among those that the operator allows; left out: all of these.",
        "X16", used=True, default=None,
    )  # fmt: skip
    writable: Words = _field(
        "Globs of what the commands make that tools write to: each worktree gets a copy of its own.",
        "X16", used=True, default=(), kind="glob",
    )  # fmt: skip
    path: Words = _field(
        "Folders of what the commands make, as `.venv/bin`, whose programs come first.", "X16", used=True, default=(),
        kind="path",
    )  # fmt: skip
    copies: dict[str, str] = _field(
        "Files to copy into each worktree, from path to path, as `.env.example` to `.env`; a copy is never committed.",
        "X16", used=True, default={},
    )  # fmt: skip


class Worktrees(Table):
    """What an agent's worktree holds of a large repository. Checks and people always have all of it."""

    sparse: Words = _field(
        "Folders that an agent needs, as `services/api`; empty: all. With them come the files beside the way to them, "
        "and the folders of guidelines and of the files that the step names or has changed.",
        "X16", used=True, default=(), kind="path",
    )  # fmt: skip


class Check(Table):
    """A command that decides beside the plan's own checks."""

    name: str = _field("What it is called in evidence and reports.", "P20", used=True)
    command: str = _field("Run at the top of a clean checkout; exit 0 passes.", "P20", used=True)
    paths: Words = _field(
        "It runs exactly when one of these globs is touched; empty: always.", "P20", used=True, default=(), kind="glob"
    )
    tags: Words = _field("It is a gate for steps with one of these tags.", "T18", used=True, default=())


class Forbidden(Table):
    """A pattern that must not be added."""

    pattern: str = _field(
        "A regular expression, searched in each added line, in linear time: one that looks ahead, behind or back is "
        "named and not searched.",
        "M23", used=True, kind="regex",
    )  # fmt: skip
    paths: Words = _field(
        "Globs of the files that are searched; empty: all.", "M23", used=True, default=(), kind="glob"
    )
    reason: str = _field("What to write instead; shown with each hit.", "M23", used=True)


class Guards(Table):
    """What no change of an agent's may do, beyond what is always so. A repository can only ask for more."""

    fence: Words = _field(
        "Globs outside of which no step may change anything; empty: all may be changed.",
        "X6", used=True, default=(), kind="glob",
    )  # fmt: skip
    blocking: tuple[Advising, ...] = _field(
        "Guards whose advisory findings block here, too: attribution, dependencies, expected, fence, forbidden, "
        "phantom, rules, secrets, size, tamper, undeclared.",
        "X5", used=True, default=(),
    )  # fmt: skip


class Locked(Table):
    """A rule that shows a breach of a locked decision."""

    id: str = _field("The decision's id, as its file has it.", "M3")
    pattern: str = _field("A regular expression over request, scope and plan items.", "M3", default="", kind="regex")
    paths: Words = _field("Globs that no step may declare.", "M3", default=(), kind="glob")


class Plans(Table):
    """Where plans and what they rest on are kept, and what checks them."""

    files: Words = _field("Globs of plan files; no step may change them.", "M15", used=True, default=(), kind="glob")
    template: str = _field("The plan template; no step may change it.", "M15", used=True, default="", kind="path")
    locked_decisions: str = _field(
        "The file of locked decisions, or `path#section`; no step may change the file.",
        "M3", used=True, default="", kind="path",
    )  # fmt: skip
    locked: tuple[Locked, ...] = _field("Rules that find a breach of one.", "M3", default=())
    lint: str = _field("The project's own plan lint; a run starts only when it passes.", "M4", default="")
    surfaces: Words = _field(
        "Globs of files that are visible surfaces and need a user journey.", "M5", default=(), kind="glob"
    )


class Drift(Table):
    """A kind of addition that the plan has to name."""

    kind: str = _field("Column, index, route, event, store or surface.", "M16")
    paths: Words = _field("Globs of files in which it is looked for.", "M16", default=(), kind="glob")
    pattern: str = _field("A regular expression over added lines.", "M16", default="", kind="regex")


class Journeys(Table):
    """Where the three layers of a user journey's coverage are."""

    baselines: str = _field(
        "Folder of visual baselines; `{n}` is the milestone's number.", "M17", default="tests/visual-baselines/m{n}"
    )
    geometry: str = _field("Glob of geometry tests.", "M17", default="**/*-geometry.spec.ts", kind="glob")
    tag: str = _field(
        "Tag of an end-to-end test that covers a journey over several surfaces.", "M17", default="@journey-m{n}"
    )


class Pair(Table):
    """Work that is complete only with its counterpart."""

    titles: Words = _field("Words of the titles of steps that need one.", "T16")
    needs: Words = _field("Words of the title of the step that must exist and be complete, too.", "T16")


class Prerequisites(Table):
    """What must be there before the first task."""

    stages: Words = _field("Workflow stages that must be completed.", "T20", default=())
    files: Words = _field("Files that must exist.", "T20", default=(), kind="path")


class Settings(Table):
    """All of `signalbox.toml`. Every table may be left out."""

    agents: Agents = Agents()
    commands: Commands = Commands()
    setup: Setup = Setup()
    worktrees: Worktrees = Worktrees()
    checks: tuple[Check, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    guards: Guards = Guards()
    plans: Plans = Plans()
    drift: tuple[Drift, ...] = ()
    journeys: Journeys = Journeys()
    pairs: tuple[Pair, ...] = ()
    prerequisites: Prerequisites = Prerequisites()
