"""Ticks and their proofs: which marks of a plan stand on a step that passed in the very history they are in."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.engine.ground import Ground
from orchestrator.exceptions import PersonError
from orchestrator.models import Candidate
from plans.folder import file_of, plan_files
from plans.models import Plan, Project
from plans.naming import matching_plans
from plans.reading import read_plan as parsed
from plans.types import ParsedStep
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
        _tick(proof, name, key, line)
        for name, text in texts.items()
        for proof in [_Proofs(project, path, history, parsed(text, name, chosen or None).steps)]
        for key, line in completion_marks(text, name, chosen)
    ]


def _texts(ground: Ground, tip: str, path: str) -> dict[str, bytes]:
    """The plan's files at a commit: itself, or the files of the folder that it is."""
    whole = ground.hub.read_blob(tip, file_of(path))
    if whole is not None:
        return {path: whole}
    inside = [name for name in ground.hub.list_files(tip) if name.rpartition("/")[0] == path.rstrip("/")]
    chosen = plan_files(name.rpartition("/")[2] for name in inside)
    found = {name: ground.hub.read_blob(tip, name) for name in inside if name.rpartition("/")[2] in chosen}
    return {name: text for name, text in found.items() if text is not None}


@dataclass(frozen=True, slots=True)
class _Proofs:
    """Where to look for the proofs of one file's steps; `history` maps each tree of the branch to its commit."""

    project: Project
    plan: str
    history: dict[str, str]
    steps: tuple[ParsedStep, ...]

    def of(self, key: str) -> Candidate | None:
        """The landed candidate of a step whose tree is one of the branch's own: in engine-managed mode its commit, in
        user-managed mode whatever commit of the person's holds exactly what was checked. A step that only holds others
        is proven by the last of them, when all are."""
        landed = Candidate.objects.filter(
            run__project=self.project, run__plan__path=self.plan, step__key=key, status="landed", step__status="passed"
        )
        own = next((c for c in landed.order_by("-id") if c.tree in self.history), None)
        parts = [self.of(step.key) for step in self.steps if step.parent == key] if own is None else []
        proven = [part for part in parts if part is not None]
        return max(proven, key=lambda part: part.pk) if proven and len(proven) == len(parts) else own


def _tick(proofs: _Proofs, name: str, key: str, line: int) -> Tick:
    found = proofs.of(key)
    return Tick(name, line, key, found.run_id if found else None, proofs.history[found.tree] if found else "")


def plan_path(project: Project, wanted: str) -> str:
    """The plan that is meant: by path, number or name, else the only one that was read here."""
    known = list(Plan.objects.filter(project=project).values_list("path", flat=True))
    meant = matching_plans(wanted, known) if wanted else tuple(known)
    if len(meant) == 1 or (wanted and not meant):
        return meant[0] if meant else wanted
    raise PersonError(f"Name the plan: {', '.join(meant) or 'no plan of this project was read yet'}.")
