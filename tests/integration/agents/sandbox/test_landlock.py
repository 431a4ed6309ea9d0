"""The second choice: Landlock, tried with a real kernel."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from agents.sandbox import Jail, SandboxState, probe, run

pytestmark = pytest.mark.ledger("X16")


@pytest.fixture
def landlock() -> SandboxState:
    found = probe("/nowhere")
    if found.kind != "landlock":
        pytest.skip("This kernel has no Landlock: use Linux 5.13 or newer with lsm=…,landlock.")
    return found


@pytest.fixture
def held(worktree, landlock):
    def go(line: str, **options):
        jail = Jail("agent", worktree, **{"writable": True, "grace_seconds": 0.3, **options})
        return run(("/bin/sh", "-c", line), jail, sandbox=landlock)

    return go


def test_where_bubblewrap_is_missing_landlock_is_the_second_choice_and_says_so(landlock):
    assert "bubblewrap is not installed." in landlock.reason and "Landlock" in landlock.reason
    assert landlock.install_hint == "apt-get install bubblewrap"
    assert landlock.in_force() == {"kind": "landlock", "landlock": landlock.landlock}
    assert landlock.in_force(unsafe=True)["kind"] == "none"


def test_files_outside_can_be_neither_read_nor_written(held, worktree, tmp_path):
    (tmp_path / "secret").write_text("the key")
    done = held(f"cat {tmp_path}/secret; echo x > {tmp_path}/made; ls {Path.home()}; echo x > inside && cat inside")
    assert b"the key" not in done.output and done.output.count(b"Permission denied") == 3
    assert done.output.endswith(b"x\n") and (worktree / "inside").exists()
    assert not (tmp_path / "made").exists()


def test_programs_run_in_a_home_of_their_own(held):
    done = held('python3 -c "import tempfile; print(tempfile.mkstemp() is not None)"; echo x > $HOME/a && cat $HOME/a')
    assert (done.exit_code, done.output) == (0, b"True\nx\n")


def test_a_read_only_role_works_on_a_copy(held, worktree):
    assert held("echo changed > plan.md; cat plan.md", writable=False).output == b"changed\n"
    assert (worktree / "plan.md").read_text() == "# A plan\n"


def test_tcp_and_signals_are_held_where_the_kernel_can(held, landlock):
    if landlock.landlock < 6:
        pytest.skip("This kernel's Landlock holds files alone: use Linux 6.12 or newer.")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        connect = f"python3 -c \"import socket; socket.create_connection(('127.0.0.1', {port}), 2)\""
        done = held(f"{connect}; kill -0 {os.getpid()} || echo out of reach")
    assert b"PermissionError" in done.output and b"out of reach" in done.output


def test_nothing_at_all_is_a_refusal(worktree, landlock):
    from agents.exceptions import SandboxUnavailable

    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        run(("true",), Jail("agent", worktree, writable=True), sandbox=replace(landlock, kind="none"))
