"""What a jailed command can reach."""

from __future__ import annotations

import os
import socket
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from agents.exceptions import SandboxFailed, SandboxUnavailable
from agents.sandbox import Jail, probe, run

pytestmark = pytest.mark.ledger("X16")


def test_the_worktree_is_writable_and_what_is_written_stays(shell, worktree):
    assert shell("echo done > made.txt").exit_code == 0
    assert (worktree / "made.txt").read_text() == "done\n"


def test_nothing_outside_the_worktree_can_be_written(shell, worktree):
    beside = worktree.parent / "beside.txt"
    done = shell(f"touch /etc/made /usr/made {beside}; touch {Path.home()}/made; echo > {worktree}/../up.txt")
    assert done.output.count(b"Read-only file system") >= 2 and done.output.count(b"cannot") >= 4
    assert not (Path.home() / "made").exists()
    assert not beside.exists()
    assert not Path("/etc/made").exists()
    assert not (worktree.parent / "up.txt").exists()


def test_the_network_is_refused_even_to_this_very_host(shell):
    with socket.create_server(("127.0.0.1", 0)) as server:
        accepted = threading.Thread(target=lambda: _accept(server), daemon=True)
        accepted.start()
        port = server.getsockname()[1]
        done = shell(f"python3 -c \"import socket; socket.create_connection(('127.0.0.1', {port}), 2)\"")
    assert done.exit_code == 1
    assert b"ConnectionRefusedError" in done.output


def test_a_socket_file_of_a_host_service_is_out_of_reach(shell):
    assert shell("ls -A /run /tmp/.X11-unix").output.count(b".sock") == 0
    assert shell("ls -A /run").output == b""


def test_the_environment_is_scrubbed(shell, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    done = shell("env", environment={"PORT": "8123"})
    lines = dict(line.split("=", 1) for line in done.output.decode().splitlines())
    assert "ANTHROPIC_API_KEY" not in lines
    assert lines["PORT"] == "8123"
    assert lines["HOME"] == "/home/agent"


def test_no_open_descriptor_of_ours_is_passed_on(shell, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("the key")
    descriptor = os.open(secret, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        done = shell(f"ls /proc/self/fd; cat <&{descriptor}")
    finally:
        os.close(descriptor)
    assert b"the key" not in done.output
    assert set(done.output.split(b"\n")[:3]) == {b"0", b"1", b"2"}


def test_hidden_folders_and_files_cannot_be_read(shell, tmp_path):
    vault, token = tmp_path / "vault", tmp_path / "data" / "token"
    vault.mkdir()
    (vault / "state").write_text("kept")
    token.write_text("secret token")
    done = shell(f"ls -A {vault}; cat {vault}/state {token}", hidden=(vault, token))
    assert b"kept" not in done.output
    assert b"secret" not in done.output


def test_the_worktree_shows_through_a_hidden_folder_above_it(shell, worktree):
    (worktree.parent / "database").write_text("rows")
    done = shell(f"cat plan.md; ls -A {worktree.parent}", hidden=(worktree.parent,))
    assert done.output.startswith(b"# A plan\n")
    assert b"database" not in done.output


def test_a_readable_folder_shows_below_a_hidden_one_and_stays_read_only(shell, worktree):
    mirror = worktree.parent / "mirror"
    mirror.mkdir()
    (mirror / "HEAD").write_text("ref: refs/heads/main\n")
    done = shell(f"cat {mirror}/HEAD; echo x > {mirror}/HEAD", hidden=(worktree.parent,), readable=(mirror,))
    assert done.output.startswith(b"ref: refs/heads/main\n")
    assert (mirror / "HEAD").read_text() == "ref: refs/heads/main\n"


def test_keys_in_the_home_folder_cannot_be_read(shell, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_ed25519").write_text("PRIVATE KEY")
    (tmp_path / ".netrc").write_text("password hunter2")
    done = shell(f"cat {tmp_path}/.ssh/id_ed25519 {tmp_path}/.netrc")
    assert b"PRIVATE" not in done.output
    assert b"hunter2" not in done.output


def test_the_link_to_the_repository_can_be_neither_changed_nor_removed(shell, worktree):
    assert shell("echo 'gitdir: /evil' > .git || rm -f .git || mv .git away").exit_code != 0
    assert (worktree / ".git").read_text() == "gitdir: elsewhere\n"


def test_processes_of_the_host_are_invisible(shell):
    done = shell(f"ls /proc | grep -cE '^[0-9]+$'; kill -0 {os.getpid()} || echo unreachable")
    assert int(done.output.split()[0]) < 10
    assert b"unreachable" in done.output or os.getpid() < 10


@pytest.mark.ledger("X6")
def test_a_read_only_role_can_write_caches_and_nothing_of_it_survives(shell, worktree):
    before = sorted(worktree.rglob("*"))
    done = shell("mkdir .cache && echo x > .cache/a && echo changed > plan.md && cat plan.md", writable=False)
    assert done.output == b"changed\n"
    assert (worktree / "plan.md").read_text() == "# A plan\n"
    assert sorted(worktree.rglob("*")) == before


@pytest.mark.ledger("X6")
def test_a_read_only_role_works_at_the_same_path_and_through_pipes_and_links_in_the_tree(shell, worktree):
    os.mkfifo(worktree / "pipe")
    (worktree / "link").symlink_to("/etc")
    done = shell("pwd; test -L link && echo a link", writable=False)
    assert done.output == b"/repo\na link\n"


def test_a_missing_sandbox_is_an_error_that_says_what_to_install(worktree):
    absent = replace(probe("/nowhere"), kind="none")
    with pytest.raises(SandboxUnavailable, match="apt-get install bubblewrap"):
        run(("true",), Jail("agent", worktree, writable=True), sandbox=absent)


def test_a_jail_that_cannot_be_built_is_no_failed_command(worktree):
    with pytest.raises(SandboxFailed, match="nothing was run"):
        run(("true",), Jail("agent", worktree / "missing", writable=True))


def test_without_a_sandbox_a_command_runs_only_where_the_caller_allowed_it(worktree):
    jail = Jail("agent", worktree, writable=True, unsafe=True)
    done = run(("/bin/sh", "-c", "echo here > made.txt; pwd"), jail, sandbox=probe("/nowhere"))
    assert done.output == f"{worktree}\n".encode()
    assert (worktree / "made.txt").exists()


def _accept(server: socket.socket) -> None:
    try:
        server.accept()
    except OSError:
        return
