"""Checks are really run, and every verdict has its proof."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from agents.evidence.checks import run_check
from agents.sandbox import Jail, probe
from agents.types import CheckSpec

pytestmark = pytest.mark.ledger("B10", "B11")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "bells.py").write_text("def small():\n    return 'ting'\n")
    (folder / "test_bells.py").write_text(
        "import unittest, bells\n\n\nclass Bells(unittest.TestCase):\n"
        "    def test_small(self):\n        self.assertEqual(bells.small(), 'ting')\n"
    )
    return folder


@pytest.fixture
def check(checkout: Path):
    def go(command: str, expect: str = "exit_zero", value: int | None = None, **options):
        rest = {key: options.pop(key) for key in ("cancelled", "on_output", "sandbox") if key in options}
        jail = Jail("check", checkout, **{"writable": False, "grace_seconds": 0.2, **options})
        return run_check(CheckSpec("an item", command, expect, value), jail, **rest)

    return go


def test_a_test_suite_that_passes_passes_with_its_proof(check, checkout):
    result = check("python3 -m unittest -q")
    assert (result.verdict, result.exit_code, result.reason) == ("passed", 0, "exit 0, expected 0")
    assert result.argv == ("/bin/sh", "-c", "python3 -m unittest -q")
    assert result.cwd == "/repo"
    assert "Ran 1 test" in result.output
    assert result.output_sha256 == hashlib.sha256(result.output.encode()).hexdigest()
    assert result.seconds > 0


def test_a_test_suite_that_fails_fails(check, checkout):
    (checkout / "bells.py").write_text("def small():\n    return 'tang'\n")
    result = check("python3 -m unittest -q")
    assert (result.verdict, result.reason) == ("failed", "exit 1, expected 0")
    assert "'tang' != 'ting'" in result.output


@pytest.mark.parametrize(
    ("command", "expect", "value", "verdict"),
    [
        ("grep -rn TODO .", "no_output", None, "passed"),
        ("grep -rn ting .", "no_output", None, "failed"),
        ("grep -c TODO bells.py", "equals", 0, "passed"),
        ("wc -l bells.py", "under", 3, "passed"),
        ("wc -l bells.py", "under", 2, "failed"),
        ("ls bells.py", "some_output", None, "passed"),
        ("python3 -c 'import absent'", "exit_nonzero", None, "passed"),
        ("no-such-program", "exit_nonzero", None, "failed"),
        ("cat absent.txt", "exit_zero", None, "failed"),
    ],
)
def test_the_stated_expectation_decides(check, command, expect, value, verdict):
    assert check(command, expect, value).verdict == verdict


def test_a_check_that_hangs_is_timed_out_and_no_pass(check):
    assert check("echo begun; sleep 60", total_seconds=0.3).verdict == "timed_out"
    quiet = check("sleep 60", "exit_nonzero", idle_seconds=0.3)
    assert (quiet.verdict, quiet.reason) == ("timed_out", "stopped after 0.3 s without output")


def test_a_cancelled_check_was_not_run(check):
    assert check("sleep 60", cancelled=lambda: True).verdict == "not_run"


def test_without_a_sandbox_a_check_is_not_run_and_says_what_to_install(check):
    result = check("true", sandbox=replace(probe("/nowhere"), kind="none"))
    assert (result.verdict, result.exit_code) == ("not_run", None)
    assert "apt-get install bubblewrap" in result.reason


def test_a_checkout_that_is_gone_is_not_run(check, checkout):
    checkout.rename(checkout.with_name("elsewhere"))
    assert check("true", writable=True).verdict == "not_run"
    assert check("true").verdict == "not_run"


def test_output_that_is_no_text_can_be_stored(check):
    result = check(r"printf 'a\000\377b'")
    assert result.output == "a\ufffd\ufffdb"
    assert result.output_sha256 == hashlib.sha256(b"a\0\xffb").hexdigest()


def test_output_is_told_as_it_comes(check):
    seen: list[bytes] = []
    check("echo one; echo two", on_output=seen.append)
    assert b"".join(seen) == b"one\ntwo\n"


def test_the_environment_hash_is_the_same_for_the_same_environment_only(check):
    same = {check("true").environment_sha256, check("false").environment_sha256}
    assert len(same) == 1
    assert check("true", environment={"SEED": "1"}).environment_sha256 not in same
    assert check("true", unsafe=True).environment_sha256 not in same
