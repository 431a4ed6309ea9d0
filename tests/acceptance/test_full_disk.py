"""The whole data folder, database included, on a disk that fills up under a running `make up`."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import Any

import pytest

from tests.acceptance.processes import LEASE_SECONDS, QUICK, until, up
from tests.acceptance.terminal import Terminal
from tests.integration.faults.disks import SmallDisk, small_disk
from tests.services import free_port


def ask(disk: SmallDisk, sql: str) -> list[Any]:
    """Read the database beside the process that is at work."""
    with closing(sqlite3.connect(f"file:{disk.path}/signalbox.sqlite3?mode=ro", uri=True)) as database:
        return [row[0] for row in database.execute(sql)]


def takes_nothing(disk: SmallDisk) -> bool:
    """Whether the database refuses to grow."""
    with closing(sqlite3.connect(disk.path / "signalbox.sqlite3", timeout=20)) as database:
        try:
            database.execute("CREATE TABLE ballast AS SELECT zeroblob(8000000)")
        except sqlite3.OperationalError as error:
            return "full" in str(error)
    return False


@pytest.mark.soak
@pytest.mark.ledger("X13", "X14")
def test_a_run_waits_while_the_disk_is_full_and_goes_on_by_itself(tmp_path):
    with small_disk(tmp_path / "data", 48) as disk:
        terminal = Terminal(disk.path, PORT=str(free_port()), SIGNALBOX_FREE_MB="4", **QUICK)
        with up(terminal, tmp_path / "log"):
            terminal.ok("run", "approve", "1", "--git", "engine")
            until(lambda: "running" in ask(disk, "SELECT status FROM orchestrator_dispatch"))
            disk.fill()
            assert takes_nothing(disk)
            shown = terminal.ok("run", "show", "1")
            assert "WAITING: The disk of" in shown.out and "Make room" in shown.out
            assert "The disk is full" in terminal.refused("run", "pause", "1")
            stands = ask(disk, "SELECT count(*) FROM orchestrator_event")
            time.sleep(1.5 * LEASE_SECONDS)
            assert ask(disk, "SELECT count(*) FROM orchestrator_event") == stands
            disk.make_room()
            kind = until(lambda: ask(disk, "SELECT kind FROM orchestrator_decision WHERE status = 'open'"))
            assert kind == ["review"]
            kinds = ask(disk, "SELECT kind FROM orchestrator_event")
            assert "dispatch.beat_stopped" not in kinds and "dispatch.infra" not in kinds
            assert terminal.ok("audit", "verify").out == "2 chains hold.\n"
        assert "Traceback" not in (tmp_path / "log").read_text()
