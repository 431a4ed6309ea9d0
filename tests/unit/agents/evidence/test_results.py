"""Reports of tools, read from their bytes: what they say, and what hostile ones cannot do."""

from __future__ import annotations

import time

import pytest

from agents.evidence.results import read, sniff, text
from agents.evidence.types import Case, Lines, Results, merged
from agents.exceptions import ResultsUnreadable

pytestmark = pytest.mark.ledger("B10")

PYTEST = b"""<?xml version="1.0" encoding="utf-8"?><testsuites><testsuite name="pytest" errors="1" failures="1"
skipped="1" tests="4" time="0.03"><testcase classname="tests.test_a" name="test_one[x-1]" time="0.001" /><testcase
classname="tests.test_a.TestB" name="test_two" time="0.002"><failure message="AssertionError: assert 1 == 2&#10;  +
where">def test_two...</failure></testcase><testcase classname="" name="tests.test_c" time="0"><error
message="collection failure">ImportError</error></testcase><testcase classname="tests.test_a" name="test_later"
time="0"><skipped type="pytest.skip" message="not today">x</skipped></testcase></testsuite></testsuites>"""

JEST = b"""<testsuites name="jest tests" tests="2" failures="1" errors="0" time="1.2"><testsuite name="bells"
errors="0" failures="1" tests="2"><testcase classname="bells small" name="says ting" time="0.004"></testcase>
<testcase classname="bells big" name="says bong" time="0.1"><failure>Error: expect(received).toBe(expected)
    at Object.x (bells.test.js:4:3)</failure></testcase></testsuite></testsuites>"""

SUREFIRE = b"""<testsuite xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" name="org.BellTest" time="0.1" tests="2"
errors="1" skipped="0" failures="0"><properties><property name="a" value="b"/></properties><testcase name="small"
classname="org.BellTest" time="1,000.5"/><testcase name="big" classname="org.BellTest" time="0.0"><error
message="no bell" type="java.lang.NullPointerException">stack</error><system-out>noise</system-out></testcase>
</testsuite>"""


def test_junit_of_pytest_names_every_test_and_why_it_did_not_pass():
    found = read(PYTEST)
    assert found.cases == (
        Case("tests.test_a.test_one[x-1]", "passed", 0.001),
        Case("tests.test_a.TestB.test_two", "failed", 0.002, "AssertionError: assert 1 == 2"),
        Case("tests.test_c", "error", 0.0, "collection failure"),
        Case("tests.test_a.test_later", "skipped", 0.0, "not today"),
    )
    assert (found.collected, found.listed, found.passing) == (4, True, 1)


def test_junit_of_jest_and_of_surefire_read_alike():
    assert [(case.identity, case.outcome) for case in read(JEST).cases] == [
        ("bells small.says ting", "passed"), ("bells big.says bong", "failed"),
    ]  # fmt: skip
    assert read(JEST).failing[0].message == "Error: expect(received).toBe(expected)"
    assert [(case.identity, case.outcome, case.seconds) for case in read(SUREFIRE).cases] == [
        ("org.BellTest.small", "passed", 1000.5), ("org.BellTest.big", "error", 0.0),
    ]  # fmt: skip


def test_a_report_that_counts_more_failures_than_it_names_has_a_failing_test():
    found = read(b'<testsuite tests="1" failures="3"><testcase classname="a" name="b"/></testsuite>')
    assert len(found.failing) == 1 and found.told == ("The report counts 3 failures and names 0.",)


def test_a_test_that_is_named_twice_keeps_its_worst_outcome():
    found = read(b'<testsuite><testcase name="a"><failure/></testcase><testcase name="a"/></testsuite>')
    assert [case.outcome for case in found.cases] == ["failed"]


@pytest.mark.parametrize(
    "hostile",
    [
        b'<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><testsuite><testcase name="&b;"/></testsuite>',
        b'<!DOCTYPE t [<!ENTITY f SYSTEM "file:///etc/passwd">]><testsuite><testcase>&f;</testcase></testsuite>',
        b"<testsuite>" + b"<a>" * 100_000,
        b"<testsuite><testcase></testsuite>",
        b"<testsuite>" + b" " * (16 * 1024**2 + 1),
        b'{"version": "2.1.0", "runs": ' + b"[" * 200_000,
        b'{"version": "2.1.0", "runs": [',
    ],
)
def test_a_broken_or_hostile_report_is_refused_with_a_reason_and_at_once(hostile):
    began = time.monotonic()
    with pytest.raises(ResultsUnreadable, match=r"^it "):
        read(hostile)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("other", [b"", b"\0\xff", b"<project/>", b"<?xml version='1.0'?><svg/>", b'{"a": 1}', b"SFX"])
def test_other_files_are_no_reports(other):
    assert sniff(other) == "" and read(other) == Results()


def test_sarif_gives_rules_with_their_places():
    found = read(
        b'{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [{"results": ['
        b'{"ruleId": "F401", "level": "error", "message": {"text": "unused import"}, "locations": [{"physicalLocation":'
        b' {"artifactLocation": {"uri": "file:///w/src/a%20b.py"}, "region": {"startLine": 3}}}]},'
        b'{"ruleId": "F402", "suppressions": [{"kind": "inSource"}]}, {"kind": "pass"}, 7]}, null]}',
        "/w",
    )
    (issue,) = found.issues
    assert (issue.rule, issue.path, issue.line, issue.level) == ("F401", "src/a b.py", 3, "error")
    assert found.collected is None


COBERTURA = b"""<?xml version="1.0" ?><!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'>
<coverage><sources><source>/w/src</source></sources><packages><package><classes><class filename="bells.py"><lines>
<line number="1" hits="1"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>"""
COVERAGE_JSON = b"""{"meta": {"format": 3, "version": "7.0", "branch_coverage": false}, "files": {"src/bells.py":
{"executed_lines": [1], "missing_lines": [2]}}}"""
LCOV = b"TN:\nSF:/w/src/bells.py\nDA:1,4\nDA:2,0\nend_of_record\n"


@pytest.mark.parametrize("report", [COBERTURA, COVERAGE_JSON, LCOV])
def test_coverage_is_the_same_in_every_format(report):
    assert read(report, "/w").lines == {"src/bells.py": Lines((1,), (2,))}


def test_a_line_that_any_report_saw_run_was_run():
    parts = [Results(lines={"a": Lines((1,), (2,))}), Results(lines={"a": Lines((2,), (1, 3))})]
    assert merged(parts).lines == {"a": Lines((1, 2), (3,))}


UNITTEST = """F.E
======================================================================
ERROR: test_n (unittest.loader._FailedTest.test_n)
----------------------------------------------------------------------
ImportError: Failed to import test module: test_n
Traceback (most recent call last):
  File "/x/test_n.py", line 1, in <module>
    import nothere
ModuleNotFoundError: No module named 'nothere'


======================================================================
FAIL: test_a (test_m.T.test_a) (i=0)
Doc of a.
----------------------------------------------------------------------
Traceback (most recent call last):
  File "/x/test_m.py", line 5, in test_a
    self.assertEqual(1, 2)
AssertionError: 1 != 2

----------------------------------------------------------------------
Ran 3 tests in 0.001s

FAILED (failures=1, errors=1)
"""


def test_unittests_text_names_what_failed_and_counts_the_rest():
    found = text.read(UNITTEST)
    assert found.cases == (
        Case("test_n", "error", message="ModuleNotFoundError: No module named 'nothere'"),
        Case("test_m.T.test_a", "failed", message="AssertionError: 1 != 2"),
    )
    assert (found.collected, found.listed, found.passing) == (3, False, 1)
    assert text.read(UNITTEST.replace("T.test_a)", "T)")) == found


def test_unittests_verbose_text_names_every_test():
    found = text.read(
        "test_a (m.T.test_a)\nA doc. ... FAIL\ntest_b (m.T.test_b) ... noise\nok\ntest_c (m.T.test_c) ... skipped "
        "'later'\ntest_d (m.T.test_d) ... expected failure\n\nRan 4 tests in 0.000s\n"
    )
    assert {case.identity: case.outcome for case in found.cases} == {
        "m.T.test_a": "failed", "m.T.test_b": "passed", "m.T.test_c": "skipped", "m.T.test_d": "passed",
    }  # fmt: skip
    assert found.listed and found.cases[2].message == "later"


def test_go_and_cargo_say_what_failed():
    go = "--- FAIL: TestSmall (0.00s)\n    bells_test.go:9: want ting\nFAIL\nFAIL\texample.org/bells\t0.003s\n"
    go += "ok  \texample.org/tower\t0.002s\n?   \texample.org/doc\t[no test files]\n"
    go += "FAIL\texample.org/x [build failed]\n"
    found = text.read(go)
    assert found.cases == (
        Case("example.org/bells.TestSmall", "failed", 0.0, "bells_test.go:9: want ting"),
        Case("example.org/x", "error", message="[build failed]"),
    )
    assert found.collected == 4 and not found.listed
    cargo = "running 2 tests\ntest bells::small ... FAILED\ntest bells::big ... ok\n\nfailures:\n\n---- bells::small "
    cargo += "stdout ----\nthread 'bells::small' panicked at src/lib.rs:4:9:\nassertion failed\n"
    assert text.read(cargo).cases == (
        Case("bells::small", "failed", message="assertion failed"), Case("bells::big", "passed"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "nothing",
    [
        "\n----\nRan 0 tests in 0.000s\n\nNO TESTS RAN\n", "Ran 0 tests in 0.000s\n\nOK\n", "running 0 tests\n",
        "?   \tx\t[no test files]\n", "No tests found, exiting with code 0\n", "=== no tests ran in 0.01s ===",
    ],
)  # fmt: skip
def test_a_runner_that_found_no_test_says_so_in_every_language(nothing):
    assert text.read(nothing).collected == 0


def test_a_flood_that_looks_like_unittest_is_read_in_time_of_its_length():
    flood = ("FAIL: test_a (m.T.test_a)\n" + "-" * 70 + "\n" + "test_b (m.T) ... x\n") * 20_000
    began = time.monotonic()
    text.read(flood)
    assert time.monotonic() - began < 2
