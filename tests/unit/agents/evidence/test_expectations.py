"""An item's stated expectation decides, not exit 0 alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agents.evidence.expectations import Ended, first_number, judge


def ended(output: str = "", exit_code: int = 0, signal: int | None = None) -> Ended:
    return Ended(exit_code, signal, output)


@pytest.mark.parametrize(
    ("kind", "value", "end", "passes", "reason"),
    [
        ("exit_zero", None, ended("ok"), True, "exit 0, expected 0"),
        ("exit_zero", None, ended("bad", 1), False, "exit 1, expected 0"),
        ("exit_nonzero", None, ended("", 2), True, "exit 2, expected another than 0"),
        ("exit_nonzero", None, ended("", 0), False, "exit 0, expected another than 0"),
        ("exit_nonzero", None, ended("sh: x: not found", 127), False, "exit 127: a program was not found"),
        ("exit_nonzero", None, ended("", 137, 9), False, "killed by signal 9"),
        ("no_output", None, ended("", 1), True, "nothing printed, as expected"),
        ("no_output", None, ended("\n ", 0), True, "nothing printed, as expected"),
        ("no_output", None, ended("a\nb\nc\n", 0), False, "3 lines printed, expected none"),
        ("no_output", None, ended("", 2), False, "nothing printed, but exit 2"),
        ("some_output", None, ended("a\n"), True, "1 line printed, expected some output"),
        ("some_output", None, ended(""), False, "0 lines printed, expected some output"),
        ("some_output", None, ended("a\n", 1), False, "exit 1, expected 0"),
        ("under", 2600, ended("2,599 main.css\n"), True, "2,599 printed, expected under 2,600"),
        ("under", 2600, ended("2600\n"), False, "2,600 printed, expected under 2,600"),
        ("at_most", 97, ended("97.5\n"), False, "97.5 printed, expected at most 97"),
        ("at_least", 90, ended("TOTAL 91%\n"), True, "91 printed, expected at least 90"),
        ("over", 0, ended("0\n", 1), False, "0 printed, expected over 0"),
        ("equals", 0, ended("0\n", 1), True, "0 printed, expected exactly 0"),
        ("equals", 5, ended("5\n", 1), False, "5 printed, but exit 1"),
        ("equals", 5, ended("none\n"), False, "no number printed, expected exactly 5"),
        ("invented", None, ended("ok"), False, "unknown expectation 'invented'"),
    ],
)
def test_each_expectation_judges_and_says_why(kind, value, end, passes, reason):
    judgement = judge(kind, end, value)
    assert (judgement.passed, judgement.reason) == (passes, reason)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("  10 200 3000 file", 10),
        ("\x1b[32m12\x1b[0m passed", 12),
        ("1'234'567 lines", 1234567),
        ("12_000", 12000),
        ("1\u202f234", 1234),
        ("v2.0: 7 left", 7),
        ("-3 degrees", -3),
        ("1,2,3", 1),
        ("size=41", 41),
    ],
)
def test_the_first_number_is_read_as_people_write_it(text, number):
    assert first_number(text) == Decimal(number)
