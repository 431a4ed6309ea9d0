"""A plan's newest revision: source lines with their problems, and the steps that were read from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.actions import drift
from orchestrator.actions.reading import read_plan
from orchestrator.exceptions import PersonError
from orchestrator.models import Run
from orchestrator.reports import drift_lines
from plans import lint
from plans.models import PlacedStep, Plan, Revision
from plans.types import Problem

SOURCE_LINES = 4_000


def edits_of(run: Run) -> list[str]:
    """What the person has edited in a run's plan since it was last read, as sentences; empty when nothing."""
    try:
        found = drift.find(run)
    except PersonError as error:
        return [str(error)]
    return drift_lines(found.as_dict()) if found else []


@dataclass(frozen=True, slots=True)
class SourceLine:
    """`anchor` is unique on the page; `step` is the key of the step that begins here, or ""."""

    number: int
    text: str
    anchor: str
    step: str
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class PlanView:
    """`drift` is a sentence where the file on disk is no longer the text that is shown, or cannot be read."""

    revision: Revision
    steps: Sequence[PlacedStep]
    files: Mapping[str, Sequence[SourceLine]]
    problems: Sequence[Any]
    drift: str
    cut: bool


def plan_view(plan: Plan) -> PlanView | None:
    """None where no text of the plan was ever read."""
    revision = plan.revisions.first()
    if revision is None:
        return None
    problems, drift = _now(plan, revision)
    steps = revision.steps()
    files = {
        name: _lines(name, text, steps, problems, len(revision.files) > 1) for name, text in revision.files.items()
    }
    cut = any(text.count("\n") > SOURCE_LINES for text in revision.files.values())
    return PlanView(revision, steps, files, problems, drift, cut)


def _now(plan: Plan, revision: Revision) -> tuple[Sequence[Problem], str]:
    """The plan's problems and whether the file has changed, from the file as it lies there now."""
    stored = [Problem(**problem) for problem in revision.parsed.get("problems", [])]
    try:
        text = read_plan(plan.project, plan.path)
    except PersonError as error:
        return stored, str(error)
    same = {name: data.decode("utf-8", "surrogateescape") for name, data in text.files.items()} == revision.files
    return lint.lint(
        text.parsed
    ) if same else stored, "" if same else "The file on disk has changed since this was read."


def _lines(
    name: str, text: str, steps: Sequence[PlacedStep], problems: Sequence[Problem], in_folder: bool
) -> list[SourceLine]:
    begins = {s.line: s.key for s in steps if not in_folder or s.content.get("path") == name}
    at: dict[int, list[Problem]] = defaultdict(list)
    for problem in [] if in_folder else problems:
        at[problem.line].append(problem)
    shown = text.encode("utf-8", "replace").decode("utf-8").split("\n")[:SOURCE_LINES]
    return [
        SourceLine(number, line, f"{name}-{number}" if in_folder else f"L{number}", begins.get(number, ""), at[number])
        for number, line in enumerate(shown, start=1)
    ]
