"""Adding a repository: a folder on this host, or one at a URL."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import unquote

from django.conf import settings
from django.db import IntegrityError, transaction

from agents.workspaces.addresses import is_address
from agents.workspaces.hub import Hub
from agents.workspaces.remote import Remote
from agents.workspaces.types import Person, SourceState
from orchestrator import chain
from orchestrator.engine.ground import Ground, source
from orchestrator.engine.transitions import Actor
from orchestrator.exceptions import PersonError
from plans.models import Project


@dataclass(frozen=True, slots=True)
class _Wish:
    location: str
    name: str
    branch: str
    author: Person | None
    is_example: bool


def add_project(
    location: str, actor: Actor, *, name: str = "", branch: str = "", author: str = "", is_example: bool = False
) -> Project:
    """Add a repository by path or URL; `author` is `NAME <ADDRESS>`. What is empty is taken from the repository.

    Raises PersonError or AgentsError with what to do when it cannot be used."""
    if not location.strip():
        raise PersonError("Give the folder or the URL of a repository.")
    wish = _Wish(location.strip(), name, branch, _author(author), is_example)
    project = _remote(wish) if is_address(wish.location) else _local(wish)
    chain.note("project.added", actor.name, actor.via, project=project.name, location=project.location)
    return project


def _local(wish: _Wish) -> Project:
    given = unquote(wish.location.removeprefix("file://")) if wish.location.startswith("file://") else wish.location
    state = source.inspect(Path(given).expanduser())
    path = state.top
    _usable(path, state)
    branch = wish.branch or state.branch
    if not branch:
        known = ", ".join(branch.name for branch in source.branches(path)) or "none"
        raise PersonError(f"{path} has no branch checked out (detached HEAD). Say which to start from: {known}.")
    who = wish.author or source.identity(path)
    if who is None:
        raise PersonError(
            f"Commits need an author. Set one: git -C {path} config user.name NAME && "
            f"git -C {path} config user.email ADDRESS"
        )
    project = _create(wish, "local", str(path), branch, who)
    Ground.of(project).prepare()
    return project


def _remote(wish: _Wish) -> Project:
    """Its commits come into a hub of their own first: nothing stays of a repository that cannot be worked on."""
    who = wish.author or source.personal_identity()
    if who is None:
        raise PersonError("Commits need an author. Say whose name they carry: --author 'NAME <ADDRESS>'.")
    location = wish.location.rstrip("/")
    _name_of(wish, location)
    hubs = Path(settings.DATA) / "hubs"
    hubs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="adding-", dir=hubs) as scratch:
        hub = Hub(Path(scratch, "hub.git")).ensure()
        remote = Remote.at(location, hub, settings.GIT_HOSTS)
        branch = wish.branch or _default_branch(remote)
        refusals = source.tree_refusals(hub.git, remote.fetch(branch))
        if refusals:
            raise PersonError(f"{location} cannot be used yet: {' '.join(refusals)}")
        project = _create(wish, "url", location, branch, who)
        hub.path.rename(Ground.of(project).hub.path)
    Ground.of(project).prepare()
    return project


def _default_branch(remote: Remote) -> str:
    branch = remote.default_branch()
    if branch:
        return branch
    known = ", ".join(remote.tips()) or "none: commit something there first"
    raise PersonError(f"{remote.address.url} names no default branch. Say which to start from: {known}.")


def _create(wish: _Wish, kind: str, location: str, branch: str, who: Person) -> Project:
    name = _name_of(wish, location)
    try:
        with transaction.atomic():
            return Project.objects.create(
                name=name, kind=kind, location=location, branch=branch, is_example=wish.is_example,
                author_name=who.name, author_email=who.email,
            )  # fmt: skip
    except IntegrityError:
        raise PersonError(f"'{name}' was added by somebody else in the same moment.") from None


def _name_of(wish: _Wish, location: str) -> str:
    """What the project will be called; raises PersonError when it, or the repository, is here already."""
    taken = Project.objects.filter(location=location).first()
    if taken:
        raise PersonError(f"This repository is already here, as project '{taken.name}'.")
    name = _name(wish.name or re.split("[/:]", location)[-1].removesuffix(".git"))
    if Project.objects.filter(name=name).exists():
        raise PersonError(f"There is already a project '{name}'. Give this one another name.")
    return name


def _author(text: str) -> Person | None:
    """`NAME <ADDRESS>` as a person; None where nothing was given. Raises PersonError for anything else."""
    name, address = parseaddr(text)
    if text.strip() and not (name and re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", address)):
        raise PersonError(f"'{text}' is no author: write 'NAME <ADDRESS>'.")
    return Person(name, address) if text.strip() else None


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
        raise PersonError(f"{path} cannot be used yet: {' '.join(state.unsupported)}")


def find_project(name: str) -> Project:
    """The project of this name. Raises PersonError listing the known ones."""
    found = Project.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Project.objects.values_list("name", flat=True)) or "none yet"
        raise PersonError(f"There is no project '{name}'. Known projects: {known}. Add one: manage.py project add PATH")
    return found
