"""A model that says what a test wants, over real HTTP, on the bells' repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agents.rehearsal import RehearsalServer
from agents.rehearsal.script import Call, Scene, Script, Turn
from orchestrator.models import Dispatch, Run
from tests.integration.engine.hand import Hand
from tests.repositories import repository

SMALL = "printf '\\n\\ndef small():\\n    return \"ting\"\\n' >> bells.py"


def shell(command: str, say: str = "I write it.") -> Turn:
    return Turn(say=say, calls=(Call(tool="shell", input={"command": command}),))


def ask(question: str) -> Turn:
    return Turn(say="I have to ask.", calls=(Call(tool="ask_person", input={"question": question}),))


def built(*paths: str) -> Turn:
    """The builder's report: these files, and nothing to add."""
    files = [{"path": path, "intent": "as the plan says"} for path in paths]
    report = {"files": files, "decisions": [], "deviations": [], "summary": "The step is done."}
    return Turn(say="Done.", calls=(Call(tool="report", input=report),))


def scene(*turns: Turn, role: str = "builder", step: str = "2", attempt: int = 1) -> Scene:
    return Scene(role=role, step=step, attempt=attempt, turn=turns)


class Agents:
    """A project whose steps are built by the scripted model. What is not scripted is played by the general script."""

    def __init__(self, folder: Path, settings: object, name: str = "bells") -> None:
        self.server = RehearsalServer()
        settings.ANTHROPIC_BASE_URL = f"{self.server.start()}/bells"
        settings.ANTHROPIC_API_KEY = "a key"
        self.hand = Hand(repository(folder / name))

    def play(self, *scenes: Scene, limits: Mapping[str, Mapping[str, float]] | None = None, **wish: str) -> Hand:
        """Start, approve, and work until a person is needed."""
        self.server.scripts["bells"] = Script(scene=scenes)
        run = self.hand.start(runner="anthropic_api", **wish)
        if limits:
            merged = {role: {**run.policy["limits"][role], **limits.get(role, {})} for role in run.policy["limits"]}
            run.policy |= {"limits": merged}
            Run.objects.filter(pk=run.pk).update(policy=run.policy)
        self.hand.approve()
        return self.hand


def said_to(dispatch: Dispatch) -> str:
    """Everything its conversation holds, as text."""
    return str(dispatch.messages)
