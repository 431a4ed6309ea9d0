"""Adding a repository, and finding the plans in it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from agents.workspaces.types import Person, SourceState
from orchestrator import chain
from orchestrator.engine.ground import Ground, source
from orchestrator.engine.transitions import Actor
from orchestrator.exceptions import PersonError
from plans.folder import FoundPlan, find_plans
from plans.models import Project

_SCHEMES = ("https", "ssh", "git", "http", "file")


def add_project(location: str, actor: Actor, *, name: str = "", branch: str = "", is_example: bool = False) -> Project:
    """Add a repository by path or URL. Raises PersonError with what to do when it cannot be used."""
    if "://" in location:
        raise PersonError(_url_refusal(location))
    state = source.inspect(Path(location).expanduser())
    path = state.top
    _usable(path, state)
    chosen = branch or state.branch
    if not chosen:
        known = ", ".join(branch.name for branch in source.branches(path)) or "none"
        raise PersonError(f"{path} has no branch checked out (detached HEAD). Say which to start from: {known}.")
    who = source.identity(path)
    if who is None:
        raise PersonError(
            f"Commits need an author. Set one: git -C {path} config user.name NAME && "
            f"git -C {path} config user.email ADDRESS"
        )
    project = _create(_name(name or path.name), str(path), chosen, who, is_example)
    Ground.of(project).prepare()
    chain.note("project.added", actor.name, actor.via, project=project.name, location=project.location)
    return project


def _create(name: str, location: str, branch: str, who: Person, is_example: bool) -> Project:
    taken = Project.objects.filter(location=location).first()
    if taken:
        raise PersonError(f"This repository is already here, as project '{taken.name}'.")
    if Project.objects.filter(name=name).exists():
        raise PersonError(f"There is already a project '{name}'. Give this one another name.")
    return Project.objects.create(
        name=name, location=location, branch=branch, author_name=who.name, author_email=who.email, is_example=is_example
    )


def _name(text: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:80]
    if not slug:
        raise PersonError("Give the project a name of letters and digits.")
    return slug


def _usable(path: Path, state: SourceState) -> None:
    if state.unborn:
        raise PersonError(f"{path} has no commits yet. Commit something first; a run needs a commit to start from.")
    if state.shallow:
        raise PersonError(f"{path} is a shallow clone. Fetch the rest first: git -C {path} fetch --unshallow")
    if state.unsupported:
        raise PersonError(f"{path} cannot be used yet: " + "; ".join(state.unsupported))


def _url_refusal(location: str) -> str:
    scheme = urlsplit(location).scheme
    if scheme not in _SCHEMES:
        return f"'{scheme}' is not a way to reach a repository here. Clone it and add the folder."
    return "Repositories by URL are not supported yet. Clone it, then add the folder: git clone URL && project add PATH"


def find_project(name: str) -> Project:
    """The project of this name. Raises PersonError listing the known ones."""
    found = Project.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Project.objects.values_list("name", flat=True)) or "none yet"
        raise PersonError(f"There is no project '{name}'. Known projects: {known}. Add one: manage.py project add PATH")
    return found


def plans_of(project: Project) -> list[FoundPlan]:
    """The plan files and folders in the project's working tree (B1)."""
    return find_plans(Path(project.location))
