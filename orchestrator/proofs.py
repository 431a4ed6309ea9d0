"""Ticks and their proofs: which marks of a plan stand on a step that passed in the very history they are in."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.engine.ground import Ground
from orchestrator.exceptions import PersonError
from orchestrator.models import Candidate
from plans.folder import step_names
from plans.models import Plan, Project
from plans.writeback import completion_marks


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark that claims completion. `commit` is the one whose checks prove it, "" where nothing does."""

    path: str
    line: int
    key: str
    run: int | None
    commit: str


def ticks(project: Project, path: str, branch: str) -> list[Tick]:
    """The completion marks of a plan at the tip of a branch, each with its proof or without."""
    ground = Ground.of(project)
    tip = ground.fetch(branch)
    texts = _texts(ground, tip, path)
    if not texts:
        raise PersonError(f"The branch {branch} of {project.name} has no plan {path}.")
    chosen = Plan.chosen_for(project, path)
    history = {commit.tree: commit.oid for commit in ground.hub.log(None, tip)}
    return [
        _tick(project, path, name, key, line, history)
        for name, text in texts.items()
        for key, line in completion_marks(text, name, chosen)
    ]


def _texts(ground: Ground, tip: str, path: str) -> dict[str, bytes]:
    """The plan's files at a commit: itself, or the step files of the folder that it is."""
    whole = ground.hub.read_blob(tip, path)
    if whole is not None:
        return {path: whole}
    inside = [name for name in ground.hub.list_files(tip) if name.rpartition("/")[0] == path.rstrip("/")]
    found = {name: ground.hub.read_blob(tip, name) for name in inside if step_names([name.rpartition("/")[2]])}
    return {name: text for name, text in found.items() if text is not None}


def _tick(project: Project, plan: str, name: str, key: str, line: int, history: dict[str, str]) -> Tick:
    """A tick is proven by a landed candidate of that step whose tree is one of the branch's own: in engine-managed
    mode its commit, in user-managed mode whatever commit of the person's holds exactly what was checked."""
    landed = Candidate.objects.filter(
        run__project=project, run__plan__path=plan, step__key=key, status="landed", step__status="passed"
    )
    found = next((c for c in landed.order_by("-id") if c.tree in history), None)
    return Tick(name, line, key, found.run_id if found else None, history[found.tree] if found else "")


def plan_path(project: Project, wanted: str) -> str:
    """The plan that is meant: the named one, else the only one that was read here."""
    known = list(Plan.objects.filter(project=project).values_list("path", flat=True))
    if wanted or len(known) == 1:
        return wanted or known[0]
    raise PersonError(f"Name the plan: {', '.join(known) or 'no plan of this project was read yet'}.")
