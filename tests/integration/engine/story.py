"""The example's run with its person, who answers every card as the story says."""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth import get_user_model

from orchestrator import example, queries
from orchestrator.actions import decisions, runs
from orchestrator.engine import worker
from orchestrator.engine.transitions import Actor
from orchestrator.models import Decision, Run


class Story:
    """The example's run, answered from its story."""

    def __init__(self) -> None:
        self.user = get_user_model()._default_manager.create(username="ada", is_superuser=True)
        self.actor = Actor("ada", "command line")
        run = example.ensure_run(self.actor, self.user.pk)
        self.run = runs.approve(run, self.actor, self.user.pk, git="engine")

    def work(self) -> None:
        while worker.work_once(self.run.pk):
            pass
        self.run.refresh_from_db()

    def answer(self) -> bool:
        """Answer the open card as the story says; False when there is none."""
        card = Decision.objects.filter(run=self.run, status="open").first()
        if card is None:
            return False
        steps = queries.subjects(card)
        said = example.answer_for(steps[0].key if steps else "", card.kind)
        if said.edit:
            file = Path(queries.held_worktree(card)) / said.edit["path"]
            file.write_text(file.read_text().replace(said.edit["old"], said.edit["new"]))
        given = decisions.Answer(said.option, reason=said.reason, instructions=said.instructions, at_once=True)
        decisions.decide(card.pk, given, self.actor, self.user.pk)
        return True

    def until(self, kind: str) -> Decision:
        """Go on until a card of this kind is open."""
        while True:
            self.work()
            card = Decision.objects.filter(run=self.run, status="open").first()
            if card is None or card.kind == kind:
                return card
            self.answer()

    def to_the_end(self) -> Run:
        self.work()
        while self.answer():
            self.work()
        return self.run
