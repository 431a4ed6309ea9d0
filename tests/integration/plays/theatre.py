"""All plays on one repository, through the whole engine: real HTTP, worktrees, jails, guards, checks and landing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.test import override_settings

from agents.rehearsal import RehearsalServer
from agents.rehearsal.script import Script
from orchestrator.models import CheckRun, Decision, Run, RunStep
from tests.integration.engine.hand import Hand
from tests.integration.plays.ground import ground, plan_of
from tests.integration.plays.play import Play
from tests.repositories import git


@dataclass(frozen=True)
class Ending:
    """The step's status, whether the plan has its mark, and what gave it away, with the card's words."""

    status: str
    marked: bool
    gave_away: frozenset[str]
    words: str

    def as_told(self, play: Play) -> bool:
        """Whether it ended as the play says: a card that names what gave it away, or a step that passed."""
        if play.caught:
            return self.status == "needs_decision" and not self.marked and play.caught in self.gave_away
        return self.status == "passed" and self.marked


class Theatre:
    """One project with a plan for each play."""

    def __init__(self, folder: Path, server: RehearsalServer, plays: tuple[Play, ...]) -> None:
        self.folder = folder
        self.server = server
        self.plays = plays
        self.hand = Hand(ground(folder / "bells", plays))

    def play(self, play: Play) -> Ending:
        """Play it until a person is needed, or the run is over."""
        number = self.plays.index(play)
        told = Script(scene=play.scenes()).model_dump_json().replace("{folder}", str(self.folder))
        self.server.scripts["play"] = Script.model_validate_json(told)
        self.hand.start(runner="anthropic_api", plan=plan_of(number))
        Run.objects.filter(pk=self.hand.run.pk).update(unsafe=play.unsafe)
        self.hand.run.refresh_from_db()
        self.hand.approve()
        return _ending(self.hand, plan_of(number))


def _ending(hand: Hand, plan: str) -> Ending:
    step = hand.step("1")
    card = Decision.objects.filter(run=hand.run, status="open", subjects=[step.pk]).first()
    marked = bool(step.landed_oid) and "✅" in git(hand.source, "show", f"{hand.run.branch}:{plan}")
    reasons = card.payload["reasons"] if card is not None and step.status == "needs_decision" else []
    found = frozenset(_of(card.kind, reason, step) for reason in reasons) or frozenset({card.kind} if card else ())
    return Ending(step.status, marked, found, "; ".join(reason["text"] for reason in reasons))


_ENDINGS = {"agent_failed": "report", "unproven": "proof"}


def _of(kind: str, reason: dict[str, Any], step: RunStep) -> str:
    """The guard, or what else opened the card."""
    if "check" in reason:
        rows = CheckRun.objects.filter(candidate__step=step, position=reason["check"])
        row = rows.order_by("-candidate").first()
        return "red-first" if row is not None and row.source == "red-first" else "check"
    return reason.get("guard") or _ENDINGS.get(kind, kind)


@contextmanager
def theatre(folder: Path, plays: tuple[Play, ...]) -> Iterator[Theatre]:
    """Everything in this folder, with a database that is there already."""
    server = RehearsalServer()
    url = f"{server.start()}/play"
    (folder / "data").mkdir(parents=True, exist_ok=True)
    try:
        with override_settings(DATA=folder / "data", ANTHROPIC_BASE_URL=url, ANTHROPIC_API_KEY="a key"):
            yield Theatre(folder, server, plays)
    finally:
        server.stop()
