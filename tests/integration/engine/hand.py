"""A person at work on a run, by the same functions as the command line and the pages."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth import get_user_model

from orchestrator import queries
from orchestrator.actions import decisions, handing, runs
from orchestrator.actions.projects import add_project
from orchestrator.engine import worker
from orchestrator.engine.recover import Sweep
from orchestrator.engine.transitions import Actor
from orchestrator.models import Decision, Run, RunStep


class Hand:
    """One person with one project. `work` lets the engine do all it can, in this thread."""

    def __init__(self, source: Path | str, name: str = "ada", author: str = "") -> None:
        users = get_user_model()._default_manager
        self.user, _ = users.get_or_create(username=name, defaults={"is_staff": True, "is_superuser": True})
        self.actor = Actor(name, "command line")
        self.source = source
        self.project = add_project(str(source), self.actor, author=author)
        self.sweep = Sweep()

    def start(self, **wish) -> Run:
        wish = {"runner": "person", "git": "engine"} | wish
        self.run = runs.start(self.project, runs.Wish(**wish), self.actor, self.user.pk)
        return self.run

    def approve(self, **given) -> Run:
        self.run = runs.approve(self.run, self.actor, self.user.pk, **given)
        self.work()
        return self.run

    def work(self) -> None:
        while worker.work_once(self.run.pk):
            pass
        self.run.refresh_from_db()

    def folder(self) -> Path:
        """The worktree of the step that is with the person."""
        return Path(handing.worktree_of(handing.handed_out(self.run)).path)

    def append(self, name: str, text: str) -> None:
        """Write to a file of the step's worktree."""
        file = self.folder() / name
        file.write_text((file.read_text() if file.exists() else "") + text)

    def done(self) -> None:
        handing.hand_in(handing.handed_out(self.run), self.actor)
        self.work()

    def do(self, name: str, text: str) -> None:
        self.append(name, text)
        self.done()

    def step(self, key: str) -> RunStep:
        return RunStep.objects.get(run=self.run, key=key)

    def card(self, kind: str | None = None) -> Decision:
        cards = Decision.objects.filter(run=self.run, status__in=("open", "armed"))
        return cards.get(kind=kind) if kind else cards.get()

    def decide(self, option: str, **answer) -> None:
        answer = {"at_once": True} | answer
        decisions.decide(self.card().pk, decisions.Answer(option, **answer), self.actor, self.user.pk)
        self.work()

    def held(self) -> Path:
        return Path(queries.held_worktree(self.card()))
