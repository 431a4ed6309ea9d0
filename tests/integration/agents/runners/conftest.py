"""A rehearsal server per test, and how to give it a scene."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agents.rehearsal import Fault, RehearsalServer
from agents.rehearsal.script import Scene, Script, Turn
from agents.runners import load
from agents.types import Outcome
from tests.integration.agents.dispatching import Recorder, assignment

Run = Callable[..., Outcome]


@pytest.fixture
def server() -> Iterator[RehearsalServer]:
    server = RehearsalServer()
    yield server
    server.stop()


@pytest.fixture
def run(server: RehearsalServer, tmp_path: Path) -> Run:
    """run(recorder, *turns, faults=…, ref=…, …): one dispatch against a server that plays these turns."""
    runner = load("anthropic_api")  # here, so that its import counts in no test's time

    def play(channel: Recorder, *turns: Turn, faults: tuple[Fault, ...] = (), **changed: object) -> Outcome:
        if turns:
            server.scripts["general"] = Script(scene=(Scene(role="builder", step="1", turn=turns),))
        server.faults = type(server.faults)(faults)
        return runner.run(assignment(tmp_path, server.start(), **changed), channel)  # type: ignore[arg-type]

    return play
