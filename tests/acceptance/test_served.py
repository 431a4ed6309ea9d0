"""The same code on PostgreSQL, Redis and workers of their own, as docker-compose.yml starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.acceptance.terminal import ROOT, Terminal
from tests.acceptance.warm import WarmTerminal
from tests.services import postgresql, redis


@contextmanager
def worker(terminal: Terminal, queue: str, log: Path) -> Iterator[subprocess.Popen]:
    """One `celery worker`, ended with SIGTERM as a container's is."""
    argv = [sys.executable, "-m", "celery", "-A", "orchestrator", "worker", "--pool", "threads", "--concurrency", "2"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*argv, "--queues", queue, "--loglevel", "warning", "--hostname", f"{queue}@test"],
            env=terminal.environment, cwd=ROOT, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def until(condition, seconds: float = 180.0):
    """The first true answer of `condition`."""
    end = time.monotonic() + seconds
    while not (answer := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.3)
    return answer


@pytest.mark.ledger("C1", "C3", "X13")
def test_workers_on_postgresql_and_redis_carry_the_example_to_its_first_card_and_beyond(tmp_path):
    with ExitStack() as stack:
        environment = {"DATABASE_URL": stack.enter_context(postgresql()), "REDIS_URL": stack.enter_context(redis())}
        terminal = stack.enter_context(WarmTerminal(tmp_path / "data", **environment))
        terminal.ok("migrate", "--verbosity", "0")
        terminal.ok("example")
        stack.enter_context(worker(terminal, "agents", tmp_path / "agents.log"))
        stack.enter_context(worker(terminal, "checks", tmp_path / "checks.log"))
        terminal.ok("run", "approve", "1", "--git", "engine")
        logs = [tmp_path / "agents.log", tmp_path / "checks.log"]
        card = until(lambda: terminal.ok("run", "show", "1", "--json").json["decisions"])[0]
        assert card["kind"] == "review", [log.read_text() for log in logs]
        decided = terminal.ok("decide", str(card["id"]), "rebuild", "--instructions", "Round half up.").out
        assert "No worker is alive" not in decided
        first = card["id"]

        def next_cards():
            cards = terminal.ok("run", "show", "1", "--json").json["decisions"]
            return [card for card in cards if card["id"] != first]

        assert until(next_cards)[0]["kind"] == "batch"
        steps = {s["key"]: s["status"] for s in terminal.ok("run", "show", "1", "--json").json["steps"]}
        assert (steps["2"], steps["3"]) == ("passed", "passed")
        assert terminal.ok("audit", "verify").out == "2 chains hold.\n"
        assert "Traceback" not in "".join(log.read_text() for log in logs)
