"""The database or the broker away under running workers: rows are the truth, so nothing is lost and nothing doubled."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import psycopg
import pytest
import redis as redis_client

from tests.acceptance.processes import LEASE_SECONDS, QUICK, until, up
from tests.acceptance.terminal import Terminal
from tests.acceptance.test_full_disk import ask
from tests.acceptance.test_served import worker
from tests.acceptance.warm import WarmTerminal
from tests.integration.faults.disks import SmallDisk
from tests.services import Server, free_port, postgresql_server, redis_server

FULL_SPEED_SECONDS = 5.0


def asked(server: Server, sql: str) -> list[Any]:
    with closing(psycopg.connect(server.url)) as database:
        return [row[0] for row in database.execute(sql).fetchall()]


@pytest.mark.ledger("X13", "X14")
def test_a_database_that_is_away_for_two_leases_loses_nothing_and_takes_no_work_from_anybody(tmp_path):
    with postgresql_server() as server:
        own = {"PORT": str(free_port()), "DATABASE_URL": server.url}
        with WarmTerminal(tmp_path / "data", **own, **QUICK) as terminal, up(terminal, tmp_path / "log"):
            terminal.ok("run", "approve", "1", "--git", "engine")
            until(lambda: "running" in asked(server, "SELECT status FROM orchestrator_dispatch"))
            before = asked(server, "SELECT count(*) FROM orchestrator_event")[0]
            server.stop()
            time.sleep(2 * LEASE_SECONDS)
            server.start()
            until(lambda: asked(server, "SELECT count(*) FROM orchestrator_event")[0] > before)
            kind = until(lambda: asked(server, "SELECT kind FROM orchestrator_decision WHERE status = 'open'"))
            assert kind == ["review"]
            kinds = asked(server, "SELECT kind FROM orchestrator_event")
            assert not {"dispatch.beat_stopped", "candidate.beat_stopped", "dispatch.infra"} & set(kinds)
            attempts = asked(server, "SELECT max(attempt) FROM orchestrator_dispatch WHERE round = 1")
            assert attempts == [1]
            assert terminal.ok("audit", "verify").out == "2 chains hold.\n"
        assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.soak
@pytest.mark.ledger("X14")
def test_work_goes_on_without_the_broker_and_is_as_quick_as_before_soon_after_it_is_back(tmp_path):
    disk = SmallDisk(tmp_path / "data")
    with redis_server() as server:
        terminal = Terminal(tmp_path / "data", REDIS_URL=server.url, **QUICK)
        terminal.ok("migrate", "--verbosity", "0")
        terminal.ok("example")
        with worker(terminal, "agents,checks", tmp_path / "log"):
            until(lambda: listens(server))
            server.stop()
            terminal.ok("run", "approve", "1", "--git", "engine")
            assert "WAITING: Degraded" in terminal.ok("run", "show", "1").out
            kind = until(lambda: ask(disk, "SELECT kind FROM orchestrator_decision WHERE status = 'open'"))
            assert kind == ["review"]
            server.start()
            until(lambda: listens(server), FULL_SPEED_SECONDS)
            redis_client.Redis.from_url(server.url).flushall()
            (card,) = ask(disk, "SELECT id FROM orchestrator_decision WHERE status = 'open'")
            terminal.ok("decide", str(card), "rebuild", "--instructions", "Round half up.")
            until(lambda: ask(disk, "SELECT 1 FROM orchestrator_decision WHERE status = 'open' AND kind = 'batch'"))
            assert "Degraded" not in terminal.ok("run", "show", "1").out
            assert not ask(disk, "SELECT 1 FROM orchestrator_event WHERE kind LIKE '%.beat_stopped'")
            assert terminal.ok("audit", "verify").out == "2 chains hold.\n"


def listens(server: Server) -> bool:
    """Whether a worker waits at the broker for its bell."""
    with closing(redis_client.Redis.from_url(server.url)) as client:
        return any(one["cmd"] == "brpop" for one in client.client_list())
