"""Checks that install, daemonise, open ports, never end, print secrets, or prepare each other's pass."""

from __future__ import annotations

import socket

import pytest

from agents.evidence.checks import run_check
from agents.sandbox import Caps, Host, Jail
from agents.types import CheckSpec
from tests.integration.agents.sandbox.test_process import running, unique_sleep

pytestmark = pytest.mark.ledger("X16", "B10")

TOKEN = "ghp_" + "a1B2" * 9


@pytest.fixture
def check(tmp_path):
    (tmp_path / "bells.py").write_text("RING = 0\n")

    def go(command: str, expect: str = "exit_zero", **options):
        jail = Jail("check", tmp_path, writable=False, **{"grace_seconds": 0.2, "total_seconds": 30.0, **options})
        return run_check(CheckSpec("an item", command, expect), jail)

    return go


@pytest.mark.parametrize(
    "command",
    [
        "PIP_BREAK_SYSTEM_PACKAGES=1 python3 -m pip install --no-input --retries 0 nothing-of-this-name",
        "python3 -c \"import urllib.request as r; r.urlopen('https://example.org')\"",
        "python3 -c \"import socket; socket.create_connection(('192.0.2.1', 443), 3)\"",
        "node -e \"require('dns').lookup('example.org', e => { console.log(e.code); process.exit(1) })\"",
    ],
)
def test_a_check_that_wants_the_network_is_told_where_that_belongs(check, command):
    if command.startswith("node") and check("node --version").verdict != "passed":
        pytest.skip("node is not installed: apt-get install nodejs")
    result = check(command)
    assert result.verdict == "failed"
    assert result.reason.endswith("no network: move the install to setup"), result.output


def test_a_check_that_fails_otherwise_is_told_nothing_of_networks(check):
    assert check("echo no; exit 3").reason == "exit 3, expected 0"


def test_a_check_that_fails_and_exits_0_is_judged_by_what_was_expected(check):
    assert check("echo 1 failed; exit 0", "no_output").verdict == "failed"


def test_a_server_that_a_check_leaves_is_gone_and_was_never_to_be_seen(check):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    result = check(f"python3 -m http.server {port} >/dev/null 2>&1 & sleep 1; python3 -c \"import socket; "
                   f"socket.create_connection(('127.0.0.1', {port}), 5)\" && echo served")  # fmt: skip
    assert (result.verdict, result.output) == ("passed", "served\n")
    assert not running(f"http.server {port}")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)


def test_a_check_that_never_ends_is_ended_with_its_daemons(check):
    naps = unique_sleep()
    result = check(f"setsid -f sleep {naps}; trap '' TERM; while :; do sleep {naps}; done", total_seconds=1.0)
    assert (result.verdict, result.reason) == ("timed_out", "stopped after 1 s, its limit")
    assert not running(naps)


def test_a_check_that_forks_without_end_is_told_which_cap_it_met(check):
    from agents.sandbox import probe

    result = check("for i in $(seq 200); do sleep 5 & done; wait", host=Host(caps=Caps(processes=30)))
    assert result.verdict == "failed"
    if "pids" in probe().cgroups:
        assert "it met the cap on processes (SIGNALBOX_JAIL_PROCESSES)" in result.reason


def test_a_secret_that_a_check_prints_is_not_kept(check):
    result = check(f"echo token {TOKEN}; echo {TOKEN} >&2; exit 1")
    assert TOKEN not in result.output and TOKEN not in result.reason
    assert result.output.count("[redacted GitHub token]") == 2


def test_no_check_prepares_the_pass_of_another(check, tmp_path):
    assert check("echo RING = 1 > bells.py && grep 1 bells.py").verdict == "passed"
    assert check("grep 1 bells.py").verdict == "failed"
    assert (tmp_path / "bells.py").read_text() == "RING = 0\n"
