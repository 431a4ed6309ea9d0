"""How a command ends, and what is kept of its output."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

import psutil
import pytest

from agents.sandbox import Caps, Host

pytestmark = pytest.mark.ledger("X16")


def running(word: str) -> list[psutil.Process]:
    """Host processes whose command line holds the word; this one's own not counted."""
    return [one for one in psutil.process_iter(["cmdline"]) if word in " ".join(one.info["cmdline"] or ())]


def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """A process that was killed is there for a moment longer."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def unique_sleep() -> str:
    return f"{secrets.randbelow(10**6) + 10**6}.5"


def test_exit_codes_and_signals_are_told_apart(shell):
    assert (shell("exit 3").exit_code, shell("exit 3").signal) == (3, None)
    killed = shell("kill -9 $$")
    assert (killed.exit_code, killed.signal) == (137, 9)


def test_a_command_over_its_total_time_is_ended(shell):
    done = shell("echo begun; sleep 60", total_seconds=1)
    assert done.timed_out == "total"
    assert done.output == b"begun\n"
    assert done.seconds < 20


def test_a_command_that_says_nothing_for_too_long_is_ended(shell):
    done = shell("for i in 1 2 3 4; do echo $i; sleep 0.1; done; sleep 60", idle_seconds=1)
    assert done.timed_out == "idle"
    assert done.output == b"1\n2\n3\n4\n"


def test_a_command_gets_time_to_end_by_itself(shell):
    done = shell("trap 'echo tidied; exit 0' TERM; while :; do sleep 0.05; done", total_seconds=1, grace_seconds=20)
    assert done.output.endswith(b"tidied\n")
    assert done.seconds < 20


def test_a_command_that_ignores_the_request_is_killed(shell):
    done = shell("trap '' TERM; while :; do sleep 0.05; done", total_seconds=1, grace_seconds=0.2)
    assert (done.timed_out, done.signal) == ("total", 9)


def test_cancelling_ends_a_command_long_before_its_own_end(shell):
    begun = time.monotonic()
    done = shell("sleep 60", cancelled=lambda: time.monotonic() - begun > 0.2)
    assert done.cancelled
    assert done.timed_out is None
    assert done.seconds < 20


@pytest.mark.parametrize("unsafe", [False, True])
def test_a_daemon_dies_with_the_command_that_started_it(shell, unsafe):
    naps = unique_sleep()
    done = shell(f"(setsid setsid sleep {naps} &) ; sleep 0.1; echo started", unsafe=unsafe)
    assert done.output == b"started\n"
    until(lambda: not running(naps))


def test_a_time_out_kills_all_descendants(shell):
    naps = unique_sleep()
    shell(f"setsid -f sleep {naps}; sh -c 'trap \"\" TERM; sleep {naps}'", total_seconds=0.3, grace_seconds=0.2)
    until(lambda: not running(naps))


def test_a_flood_is_capped_and_hashed_whole(shell):
    done = shell("printf start; head -c 30000000 /dev/zero | tr '\\0' x; printf end", output_bytes=10_000)
    whole = b"start" + b"x" * 30_000_000 + b"end"
    assert done.truncated
    assert done.bytes_total == len(whole)
    assert done.sha256 == hashlib.sha256(whole).hexdigest()
    assert done.output.startswith(b"startx")
    assert done.output.endswith(b"xend")
    assert b"29990008 bytes left out" in done.output
    assert len(done.output) < 10_100


def test_bytes_that_are_no_text_survive(shell):
    assert shell(r"printf '\377\000\033[31m'").output == b"\xff\x00\x1b[31m"


def test_output_is_told_as_it_comes_and_stdin_is_given(shell):
    seen: list[bytes] = []
    done = shell("cat; echo said", stdin=b"given " * 50_000, on_output=seen.append)
    assert b"".join(seen) == done.output == b"given " * 50_000 + b"said\n"


def test_a_command_that_never_reads_its_stdin_still_ends(shell):
    assert shell("exec <&-; echo done", stdin=b"x" * 1_000_000).output == b"done\n"


def test_a_command_that_closes_its_output_is_still_watched(shell):
    done = shell("exec >&- 2>&-; sleep 60", total_seconds=0.3)
    assert done.timed_out == "total"


def test_no_core_file_and_no_endless_file_is_written(shell, worktree):
    done = shell("ulimit -c; head -c 3000000 /dev/zero > big", host=Host(caps=Caps(file_bytes=1_000_000)))
    assert done.output.startswith(b"0\n")
    assert (worktree / "big").stat().st_size == 1_000_000
