"""New tests must be red without the change they come with."""

from __future__ import annotations

import pytest

from agents.evidence.redfirst import Diff, NewTests, added_tests, command_for, judge, nothing_to_measure
from agents.evidence.types import Case, Results, of_cases

OLD = b"import unittest\nclass TestA(unittest.TestCase):\n    def test_old(self): pass\n"
NEW = OLD + b"    def test_new(self): pass\n"


def added(before: dict[str, bytes], after: dict[str, bytes]) -> tuple[NewTests, ...]:
    diff = Diff(
        tuple(p for p in after if p not in before),
        tuple(p for p in after if p in before and after[p] != before[p]),
        tuple(p for p in before if p not in after),
    )
    return added_tests(diff, before.get, after.get)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"tests/test_a.py": OLD}, {"tests/test_a.py": NEW}, [("unittest", ("TestA.test_new",))]),
        ({}, {"test_a.py": b"def test_x(): 1\nclass Helper:\n    def test_y(self): 1\n"}, [("pytest", ("test_x",))]),
        ({}, {"test_a.py": b"import pytest\n" + OLD}, [("pytest", ("TestA.test_old",))]),
        ({"test_a.py": OLD}, {"test_b.py": OLD}, []),
        ({"test_a.py": OLD}, {"test_b.py": NEW}, [("unittest", ("TestA.test_new",))]),
        ({"test_a.py": NEW}, {"test_a.py": OLD}, []),
        ({}, {"src/a.test.ts": b"test('x')"}, [("jest", ())]),
        ({}, {"src/a.spec.js": b"import {test} from 'vitest'"}, [("vitest", ())]),
        ({"a.test.js": b"1"}, {"a.test.js": b"2"}, []),
        ({"a_test.go": b"func TestA(t *T) {}\n"}, {"a_test.go": b"func TestA(t *T) {}\nfunc TestB(t *T) {}\n"},
         [("go", ("TestB",))]),
        ({}, {"tests/it.rs": b"#[test] fn x() {}"}, [("cargo", ())]),
        ({}, {"tests/helper.py": b"def test_like(): pass"}, []),
    ],
)  # fmt: skip
def test_what_a_change_adds_is_found_by_function_or_by_file(before, after, found):
    assert [(new.framework, new.names) for new in added(before, after)] == found


def test_a_test_file_that_does_not_parse_says_where():
    (new,) = added({}, {"test_a.py": b"def test_x(:\n"})
    assert new.broken == "test_a.py:1: invalid syntax"


@pytest.mark.parametrize(
    ("diff", "said"),
    [
        (Diff(("README.md", "docs/a.png")), "only documentation was changed"),
        (Diff(("bells.py",)), "no test was added"),
        (Diff(("tests/test_a.py",), ("tests/data/x.json", "README.md")), "tests alone were changed"),
        (Diff(("tests/test_a.py", "bells.py")), ""),
        (Diff(("tests/test_a.py",), (), ("bells.py",)), ""),
    ],
)
def test_a_change_without_tests_or_without_code_is_told_as_such(diff, said):
    tests = [path for path in diff.there if "test_" in path]
    assert said in nothing_to_measure(diff, tests) and bool(said) == bool(nothing_to_measure(diff, tests))


def test_each_framework_runs_just_the_new_tests():
    new = [NewTests("x", "tests/test_a.py", ("TestA.test_b", "test_c"))]
    assert command_for("unittest", new) == "python3 -m unittest -v tests.test_a.TestA.test_b tests.test_a.test_c"
    assert command_for("pytest", new).endswith(" tests/test_a.py::TestA::test_b tests/test_a.py::test_c")
    assert command_for("go", [NewTests("go", "a/b_test.go", ("TestB",))]) == "go test -v -run '^(TestB)$' ./a"
    assert command_for("jest", [NewTests("jest", "a b.test.js")]) == "node_modules/.bin/jest --ci 'a b.test.js'"
    assert command_for("cargo", [NewTests("cargo", "tests/it.rs")]) == "cargo test --test it"


UNITTEST = [NewTests("unittest", "tests/test_small.py", ("TestA.test_small", "TestA.test_big"))]
SMALL, BIG = "tests.test_small.TestA.test_small", "tests.test_small.TestA.test_big"
LOADER = of_cases([Case("test_small", "error", message="ModuleNotFoundError: No module named 'x'")])


@pytest.mark.parametrize(
    ("results", "exit_code", "output", "verdict", "said"),
    [
        (of_cases([Case(SMALL, "failed"), Case(BIG, "error")]), 1, "", "passed", "2 new tests fail without"),
        (of_cases([Case(SMALL, "failed"), Case(BIG, "passed")]), 1, "", "passed", f"pass without it as well: {BIG}"),
        (of_cases([Case(SMALL, "passed"), Case(BIG, "passed")]), 0, "", "failed", f"without it as well: {SMALL}, "),
        (of_cases([Case(SMALL, "skipped")]), 0, "", "unmeasured", "skipped without the change"),
        (LOADER, 1, "No module named 'bells.small'", "passed", "cannot be loaded without the change, which brings"),
        (LOADER, 1, "cannot import name 'small' from 'bells'", "passed", "cannot be loaded without the change"),
        (LOADER, 1, "No module named 'numpy'", "unmeasured", "numpy is missing, not by this change"),
        (LOADER, 1, "SyntaxError: invalid syntax", "failed", "the code is not why: SyntaxError"),
        (of_cases([Case("test_small", "error", message="AttributeError: no small")]), 1, "", "passed", "do not load"),
        (Results(), 127, "", "unmeasured", "unittest is not there"),
        (Results(collected=0), 5, "", "failed", "no new test was collected"),
        (of_cases([Case("tests.test_small.TestOther.test_z", "passed")]), 0, "", "failed", "no new test was collected"),
    ],
)  # fmt: skip
def test_the_new_tests_are_judged_by_what_they_did_on_the_old_code(results, exit_code, output, verdict, said):
    found = judge(UNITTEST, results, exit_code, output, ("bells.py", "bells/small.py"))
    assert found.verdict == verdict and said in found.reason


@pytest.mark.parametrize(
    ("exit_code", "output", "verdict"),
    [
        (1, "", "passed"), (0, "", "failed"), (127, "", "unmeasured"),
        (1, "Cannot find module './small' from 'a.test.js'", "passed"),
        (1, "Cannot find module 'react' from 'a.test.js'", "unmeasured"),
    ],
)  # fmt: skip
def test_a_runner_that_names_no_test_is_judged_by_its_exit_code(exit_code, output, verdict):
    new = [NewTests("jest", "src/a.test.js")]
    assert judge(new, Results(), exit_code, output, ("src/small.js",)).verdict == verdict
