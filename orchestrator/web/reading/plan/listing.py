"""Every project with the plans that lie in it now and those that were read before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agents.exceptions import AgentsError
from orchestrator.actions.reading import plans_of
from orchestrator.exceptions import PersonError
from orchestrator.web.reading.plan.problems import LEVELS
from orchestrator.web.reading.plan.text import Text, problems_of
from plans.folder import FoundPlan
from plans.models import Plan, Project, Revision


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan of a project. `plan` is None for one that was never read here; `found` is whether it lies there now.
    `problems` are counts by level, known once it was read."""

    path: str
    title: str
    dialect: str
    steps: int
    done: int
    plan: Plan | None
    found: bool
    problems: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ProjectRows:
    """`trouble` is a sentence where the repository could not be looked through."""

    project: Project
    rows: Sequence[PlanRow]
    trouble: str


def listing(projects: Iterable[Project]) -> list[ProjectRows]:
    return [_rows(project) for project in projects]


def _rows(project: Project) -> ProjectRows:
    trouble, found = "", []
    try:
        found = plans_of(project)
    except (AgentsError, PersonError, OSError) as error:
        trouble = str(error)
    known = {plan.path: plan for plan in _plans(project)}
    rows = [_found(plan, known.pop(plan.path, None)) for plan in found]
    rows += [_known(plan) for plan in known.values()]
    return ProjectRows(project, sorted(rows, key=lambda row: row.path), trouble)


def _plans(project: Project) -> Iterable[Plan]:
    """Without the texts, which a list does not show."""
    return project.plans.select_related("current", "project").defer("current__files", "current__parsed")


def _found(found: FoundPlan, plan: Plan | None) -> PlanRow:
    if plan is not None and plan.chosen:
        return _known(plan, found=True)
    return PlanRow(
        found.path, found.name, found.dialect, found.steps, found.done, plan, True, _problems(plan)
    )  # fmt: skip


def _known(plan: Plan, *, found: bool = False) -> PlanRow:
    """A plan by its last reading."""
    revision = plan.current
    text = Text(plan, revision, {}, {})
    return PlanRow(
        plan.path, str(plan), plan.dialect, len(text.layout), text.done, plan, found, _problems(plan)
    )  # fmt: skip


def _problems(plan: Plan | None) -> Mapping[str, int]:
    return _counted(plan.current.pk, plan.current.sha256) if plan is not None and plan.current is not None else {}


@lru_cache(4096)
def _counted(pk: int, sha256: str) -> Mapping[str, int]:
    """A text never changes, and counting its problems means reading it."""
    counts: Counter[str] = Counter(problem.level for problem in problems_of(Revision.objects.get(pk=pk, sha256=sha256)))
    return {level: counts[level] for level in LEVELS if counts[level]}
