"""Checks are really run, and every verdict has its proof."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from agents.evidence.checks import run_check
from agents.sandbox import Caps, Host, Jail, probe
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
    assert result.output == "a␀\ufffdb"
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


REPORTS = "$(dirname ${PYTEST_ADDOPTS#*=})"
JUNIT = '<testsuite><testcase classname="a" name="b">{}</testcase></testsuite>'


def says(outcome: str) -> str:
    return f"echo '{JUNIT.format(outcome)}' > junit.xml; "


def test_unittest_names_its_failing_tests_without_being_asked(check, checkout):
    (checkout / "bells.py").write_text("def small():\n    return 'tang'\n")
    (case,) = check("python3 -m unittest -q").gathered.results.failing
    assert (case.identity, case.message) == ("test_bells.Bells.test_small", "AssertionError: 'tang' != 'ting'")


def test_pytest_names_every_test_in_a_report_of_its_own_that_leaves_no_trace(check, checkout):
    result = check("python3 -m pytest -q")
    if "No module named pytest" in result.output:
        pytest.skip("the operator's python3 has no pytest")
    assert [case.identity for case in result.gathered.results.cases] == ["test_bells.Bells.test_small"]
    assert [kept.path for kept in result.gathered.kept] == ["reports/pytest.xml"]
    assert not list(checkout.glob("*.xml"))


def test_what_a_check_looks_at_is_not_changed_by_how_results_are_asked_for(check):
    assert check("echo ${PYTEST_ADDOPTS:-none}", "some_output").output == "none\n"


@pytest.mark.parametrize(
    ("command", "verdict", "reason"),
    [
        (says("") + "exit 1", "failed", "exit 1, expected 0, although no test failed in what it reported"),
        (says("<failure/>") + "exit 0", "failed", "exit 0, but 1 failed in what it reported"),
        (says("") + "exit 0", "passed", "exit 0, expected 0"),
        ("echo '<testsuite/>' > junit.xml", "failed", "no test was collected (exit 0, expected 0)"),
        ("mkdir empty && cd empty && python3 -m unittest", "failed", "no test was collected"),
    ],
)
def test_a_report_and_an_exit_code_that_differ_count_as_the_worse_of_the_two(check, command, verdict, reason):
    result = check(command)
    assert result.verdict == verdict and result.reason.startswith(reason)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("truncate -s 1G junit.xml", "junit.xml was not read: it is larger than 16 MB."),
        ("echo '<testsuite><a>' > junit.xml", "junit.xml could not be read as a report: it is no well-formed XML"),
        ("ln -s /etc/passwd junit.xml", "junit.xml was not read: it is no regular file, and links are not followed."),
        ("mkfifo junit.xml", "junit.xml was not read: it is no regular file"),
        ("printf '\\211PNG\\r\\n\\032\\n' > a.png; truncate -s 9M a.png", "a.png is not kept: it is larger than 8 MB."),
    ],
)
def test_a_report_that_cannot_be_read_is_told_and_the_exit_code_still_counts(check, command, told):
    result = check(command)
    assert result.verdict == "passed"
    assert result.gathered.results.told[0].startswith(told)


def test_images_and_reports_are_kept_within_bounds_and_only_where_they_are_what_they_say(check):
    make = "printf '\\211PNG\\r\\n\\032\\n' > real.png; echo '<html>' > lie.png; echo x > notes.txt; "
    result = check(f"{make}for n in $(seq 150); do cp real.png $n.png; done")
    assert {kept.kind for kept in result.gathered.kept} == {"image"} and len(result.gathered.kept) == 100
    assert "lie.png" not in {kept.path for kept in result.gathered.kept}
    assert "there are too many of them" in result.gathered.results.told[0]
    assert len(result.gathered.results.told) == 20


def test_a_report_that_was_there_before_the_command_is_not_its_own(check, checkout):
    (checkout / "old.xml").write_text(JUNIT.format("<failure/>"))
    assert check("true").verdict == "passed"


def test_a_check_that_deletes_its_checkout_has_a_verdict_all_the_same(check):
    assert check("rm -rf ./* ; exit 0").verdict == "passed"


@pytest.mark.parametrize(
    "held", [{}, {"writable": True}, {"unsafe": True}, {"overlay": "copy"}, {"overlay": "bubblewrap"}]
)
def test_however_a_check_is_held_its_reports_are_read(check, checkout, held):
    if "overlay" in held:
        held = {"sandbox": replace(probe(), **held)}
    (checkout / "old.xml").write_text(JUNIT.format("<failure/>"))
    result = check(f"cat old.xml > new.xml; cp old.xml {REPORTS}; exit 1", **held)
    assert [kept.path for kept in result.gathered.kept] == ["reports/old.xml", "new.xml"]
    assert [case.identity for case in result.gathered.results.failing] == ["a.b"]


def test_a_report_that_a_check_deletes_is_none_that_it_wrote(check, checkout):
    (checkout / "old.xml").write_text(JUNIT.format(""))
    assert not check("rm old.xml").gathered.results


def test_a_report_of_a_check_that_was_stopped_is_read(check):
    result = check(says("<failure/>") + "sleep 60", total_seconds=0.5)
    assert result.verdict == "timed_out" and len(result.gathered.results.failing) == 1


def test_a_check_cannot_fill_the_disk_through_its_reports(check):
    small = Host(caps=Caps(scratch_bytes=2_000_000))
    if probe().overlay != "mount":
        pytest.skip("only a layer in memory has a cap: needs unshare and overlayfs")
    result = check(f"head -c 3000000 /dev/zero > {REPORTS}/big", host=small)
    assert result.verdict == "failed" and "No space left" in result.output


def test_a_secret_in_a_report_is_not_kept(check):
    token = "ghp_" + "a1B2" * 9
    result = check(says(f'<failure message="{token}"/>'))
    (case,), (kept,) = result.gathered.results.failing, result.gathered.kept
    assert case.message == "[redacted GitHub token]" and token.encode() not in kept.data
