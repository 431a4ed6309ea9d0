"""Failures are sorted against the base: only a new one blocks."""

from __future__ import annotations

import pytest

from agents.evidence.normal import normal_sha256
from agents.evidence.sorting import Sorted, sort
from agents.evidence.stored import MOST_CASES, pack, unpack
from agents.evidence.types import Case, Issue, Results, of_cases

pytestmark = pytest.mark.ledger("X4")

PASS, FAIL, SKIP, NONE = "passed", "failed", "skipped", None


def results(outcome: str | None) -> Results:
    others = [Case("other", "passed")]
    return of_cases([*others, Case("t", outcome)] if outcome else others)


@pytest.mark.parametrize(
    ("before", "now", "again", "waived", "expected", "place"),
    [
        (PASS, FAIL, FAIL, {}, False, "new"),
        (NONE, FAIL, FAIL, {}, False, "new"),
        (SKIP, FAIL, FAIL, {}, False, "new"),
        (PASS, FAIL, NONE, {}, False, "new"),
        (PASS, FAIL, SKIP, {}, False, "new"),
        (FAIL, FAIL, FAIL, {}, False, "before"),
        (FAIL, FAIL, PASS, {}, False, "before"),
        (PASS, FAIL, PASS, {}, False, "flaky"),
        (NONE, FAIL, PASS, {}, False, "flaky"),
        (FAIL, FAIL, FAIL, {"t": 7}, False, "waived"),
        (PASS, FAIL, FAIL, {"t": 7}, False, "new"),
        (NONE, FAIL, FAIL, {}, True, "expected_red"),
        (FAIL, FAIL, FAIL, {"t": 7}, True, "expected_red"),
        (FAIL, PASS, NONE, {}, False, "fixed"),
        (FAIL, NONE, NONE, {}, False, "gone"),
        (FAIL, SKIP, NONE, {}, False, "skipped"),
        (PASS, SKIP, NONE, {}, False, "skipped"),
        (SKIP, SKIP, NONE, {}, False, ""),
        (NONE, PASS, NONE, {}, False, "added"),
        (PASS, PASS, NONE, {}, False, ""),
    ],
)
def test_every_test_has_one_place(before, now, again, waived, expected, place):
    red = frozenset({"t"}) if expected else frozenset()
    found = sort(results(now), results(before), again=results(again), waived=waived, expected_red=red)
    places = {name: getattr(found, name) for name in Sorted.__slots__ if getattr(found, name)}
    added = {"added"} if before is NONE and now is not NONE else set()
    assert set(places) == ({place} | added) - {""}
    assert all(list(tests) == ["t"] for tests in places.values())


def test_without_a_base_every_failure_is_new_and_nothing_is_called_added():
    assert sort(results(FAIL), None) == Sorted(new=("t",))


def test_a_runner_that_names_only_failures_can_say_what_is_fixed_but_not_what_is_gone():
    quiet = Results(collected=3, listed=False)
    assert sort(quiet, Results((Case("t", "failed"),), 3, listed=False)) == Sorted(fixed=("t",))
    assert sort(Results(collected=0, listed=False), results(FAIL)).fixed == ()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("3 errors in 0.31s at 0x7f00", "3 errors in 1.2 s at 0x7f11", True),
        ("\x1b[31m/w/a/x.py:3: E501\x1b[0m", "/w/a/x.py:3: E501", True),
        ("x.py:3: E501", "x.py:4: E501", False),
        ("2026-01-01 12:00:01,5 gone", "2027-02-03T01:01:01Z gone", True),
    ],
)
def test_outputs_are_the_same_without_times_and_places(one, other, same):
    assert (normal_sha256(one, "/w/a") == normal_sha256(other, "/w/a")) == same


def test_results_come_back_from_their_row_as_they_were():
    found = Results((Case("t", "failed", 0.5, "why \udc80"),), 4, False, (Issue("E1", "no", "a.py", 3),), told=("so",))
    assert unpack(pack(found)) == found
    assert pack(Results()) == b"" and unpack(b"") == Results()


def test_of_very_many_tests_those_that_passed_are_counted():
    many = of_cases([*(Case(f"t{n}", "passed") for n in range(MOST_CASES + 5)), Case("bad", "failed")])
    back = unpack(pack(many))
    assert (back.collected, back.listed, [case.identity for case in back.cases]) == (MOST_CASES + 6, False, ["bad"])
