"""The example: a repository made at the first start, and a run of its plan that waits for approval."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from agents.workspaces.seed import make_repository
from agents.workspaces.types import Person
from orchestrator.actions import runs
from orchestrator.actions.projects import add_project
from orchestrator.engine.transitions import Actor
from orchestrator.models import Run
from orchestrator.rehearsing import EXAMPLES
from plans.models import Project

NAME = "harbour"
FOLDER = EXAMPLES / NAME
_AUTHOR = Person("Harbour Keeper", "keeper@harbour.example")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the demo's person says to a card: `edit` mends a file in the held worktree before it is answered."""

    option: str
    instructions: str = ""
    reason: str = ""
    edit: dict[str, str] | None = None


def repository() -> Path:
    """Where the example's repository is."""
    return Path(settings.DATA) / "example" / NAME


def ensure(actor: Actor) -> Project:
    """The example's project; its repository is made if it is missing."""
    found = Project.objects.filter(is_example=True, name=NAME).first()
    if found is not None:
        return found
    if not repository().exists():
        make_repository(FOLDER / "project", repository(), _AUTHOR, "feat: keep the tide book")
    return add_project(str(repository()), actor, name=NAME, is_example=True)


def ensure_run(actor: Actor, user_id: int) -> Run:
    """The example's first run; made, and waiting for approval, when the project never had one."""
    project = ensure(actor)
    run = Run.objects.filter(project=project).order_by("id").first()
    return run or runs.start(project, runs.Wish(plan="PLAN.md"), actor, user_id)


def answer_for(step: str, kind: str) -> Answer:
    """The story's answer to a card about `step`; what the story does not name is confirmed or continued."""
    story = tomllib.loads((FOLDER / "story.toml").read_text(encoding="utf-8"))
    found = next((a for a in story["answer"] if (a["step"], a["kind"]) == (step, kind)), None)
    if found is None:
        return Answer("confirm" if kind == "unproven" else "continue")
    return Answer(found["option"], found.get("instructions", ""), found.get("because", ""), found.get("edit"))


def expected() -> dict[str, Any]:
    """How the run ends when every card is answered from the story."""
    return tomllib.loads((FOLDER / "expected.toml").read_text(encoding="utf-8"))
