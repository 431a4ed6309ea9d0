"""What a verification item expects of its command, as a table of pure judges."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from agents.evidence.types import Results

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
NUMBER = re.compile(r"(?<![\w.])-?(?:\d{1,3}(?:[,_'\u00a0\u202f]\d{3})+(?!\d)|\d+)(?:\.\d+)?")
SEPARATORS = re.compile(r"[,_'\u00a0\u202f]")
BY_EXIT = frozenset({"exit_zero", "exit_nonzero"})
"""Expectations that look at the exit code alone, not at what was printed."""
CANNOT_START = {126: "could not be executed", 127: "was not found"}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: what the judges look at."""

    exit_code: int
    signal: int | None
    output: str

    @property
    def lines(self) -> int:
        return len(self.output.strip().splitlines())


@dataclass(frozen=True, slots=True)
class Judgement:
    passed: bool
    reason: str


Judge = Callable[[Ended, int | None], Judgement]


def judge(kind: str, ended: Ended, value: int | None) -> Judgement:
    """Hold an ended command against its expectation; one killed or not found meets none."""
    if ended.signal is not None:
        return Judgement(False, f"killed by signal {ended.signal}")
    if ended.exit_code in CANNOT_START:
        return Judgement(False, f"exit {ended.exit_code}: a program {CANNOT_START[ended.exit_code]}")
    if kind not in JUDGES:
        return Judgement(False, f"unknown expectation {kind!r}")
    return JUDGES[kind](ended, value)


def weigh(kind: str, judgement: Judgement, found: Results) -> Judgement:
    """What an exit code says against what the command itself reported: the worse of the two counts."""
    if found.collected == 0:
        return Judgement(False, f"no test was collected ({judgement.reason})")
    count = len(found.failing)
    if kind == "exit_zero" and judgement.passed and count:
        return Judgement(False, f"exit 0, but {count} failed in what it reported")
    if kind == "exit_zero" and not judgement.passed and found.collected and not count:
        return Judgement(False, f"{judgement.reason}, although no test failed in what it reported")
    return judgement


def _exit_zero(ended: Ended, _: int | None) -> Judgement:
    return Judgement(ended.exit_code == 0, _exits(ended, "0"))


def _exit_nonzero(ended: Ended, _: int | None) -> Judgement:
    return Judgement(ended.exit_code != 0, _exits(ended, "another than 0"))


def _exits(ended: Ended, wanted: str) -> str:
    return f"exit {ended.exit_code}, expected {wanted}"


def _no_output(ended: Ended, _: int | None) -> Judgement:
    """Exit 1 without output is how grep says "no hits"; more is an error that merely printed nothing."""
    if ended.lines:
        return Judgement(False, f"{_lines(ended)} printed, expected none")
    if ended.exit_code > 1:
        return Judgement(False, f"nothing printed, but exit {ended.exit_code}")
    return Judgement(True, "nothing printed, as expected")


def _some_output(ended: Ended, _: int | None) -> Judgement:
    if ended.exit_code:
        return Judgement(False, _exits(ended, "0"))
    return Judgement(ended.lines > 0, f"{_lines(ended)} printed, expected some output")


def _lines(ended: Ended) -> str:
    return "1 line" if ended.lines == 1 else f"{ended.lines} lines"


def _compared(words: str, holds: Callable[[Decimal, Decimal], bool]) -> Judge:
    def compare(ended: Ended, value: int | None) -> Judgement:
        number = first_number(ended.output)
        if number is None or value is None:
            return Judgement(False, f"no number printed, expected {words} {value}")
        # grep -c prints 0 and exits 1; any other failure makes its number worthless.
        if ended.exit_code and not (ended.exit_code == 1 and number == 0):
            return Judgement(False, f"{number:,} printed, but exit {ended.exit_code}")
        return Judgement(holds(number, Decimal(value)), f"{number:,} printed, expected {words} {value:,}")

    return compare


def first_number(output: str) -> Decimal | None:
    """The first number in a text, thousands separators allowed; None where there is none."""
    found = NUMBER.search(ANSI.sub("", output))
    return Decimal(SEPARATORS.sub("", found.group())) if found else None


JUDGES: dict[str, Judge] = {
    "exit_zero": _exit_zero,
    "exit_nonzero": _exit_nonzero,
    "no_output": _no_output,
    "some_output": _some_output,
    "under": _compared("under", operator.lt),
    "at_most": _compared("at most", operator.le),
    "over": _compared("over", operator.gt),
    "at_least": _compared("at least", operator.ge),
    "equals": _compared("exactly", operator.eq),
}
