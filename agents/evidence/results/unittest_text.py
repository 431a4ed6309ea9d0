"""What Python's unittest prints, read line by line: an output of any length takes time in its length alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from agents.evidence.types import Case, Outcome, Results, of_cases

LONGEST_MESSAGE = 1_000
_RAN = re.compile(r"Ran (\d{1,9}) tests? in [\d.]+s$")
_SKIPPED = re.compile(r"(?:OK|FAILED) \(.*?\bskipped=(\d{1,9})\b")
_HEADING = re.compile(r"(FAIL|ERROR): (.+)$")
_TEST = re.compile(r"(\w+) \(([\w.<>]+)\)(?P<rest>.*)$")
_ENDED = re.compile(r"(?:^|.* \.\.\. |.*\b)(ok|FAIL|ERROR|expected failure|skipped (?P<why>['\"].*['\"]))$")
_OUTCOMES: dict[str, Outcome] = {"FAIL": "failed", "ERROR": "error"}
_LOADER = "unittest.loader._FailedTest."
_DOUBLE, _SINGLE = "=" * 70, "-" * 70
_TRACEBACK = "Traceback (most recent call last):"


def read_unittest(output: str) -> Results | None:
    """The tests that did not pass, all of them with `-v`; None where unittest did not speak."""
    reader = _Reader()
    for line in output.splitlines():
        reader.take(line)
    if reader.ran is None and "NO TESTS RAN" not in output:
        return None
    failing = {case.identity: case for case in reader.failing}
    others = [case for case in reader.verbose if case.identity not in failing]
    found, ran = of_cases([*others, *failing.values()]), reader.ran or 0
    unnamed = max(reader.skipped - len(found.of("skipped")), 0)
    return replace(found, collected=ran, listed=len(found.cases) >= ran, skipped=unnamed)


@dataclass
class _Reader:
    ran: int | None = None
    skipped: int = 0
    failing: list[Case] = field(default_factory=list)
    verbose: list[Case] = field(default_factory=list)
    pending: str = ""
    in_block: bool = False
    in_traceback: bool = False

    def take(self, line: str) -> None:
        if found := _RAN.match(line):
            self.ran = (self.ran or 0) + int(found[1])
        elif found := _SKIPPED.match(line):
            self.skipped += int(found[1])
        elif line in (_DOUBLE, _SINGLE):
            self.in_block, self.pending = line == _SINGLE and self.in_block and not self.in_traceback, ""
            self.in_traceback = False
        elif heading := _HEADING.match(line):
            self.failing.append(Case(identity(heading[2]), _OUTCOMES[heading[1]]))
            self.in_block = True
        elif self.in_block:
            self._within_block(line)
        else:
            self._verbose(line)

    def _within_block(self, line: str) -> None:
        """The message is the first line that is not indented below the last traceback: what was raised."""
        if line == _TRACEBACK:
            self.in_traceback = True
            self.failing[-1] = replace(self.failing[-1], message="")
        elif self.in_traceback and line.strip() and not line.startswith(" ") and not self.failing[-1].message:
            self.failing[-1] = replace(self.failing[-1], message=line[:LONGEST_MESSAGE])

    def _verbose(self, line: str) -> None:
        """A line of `-v`: a name, perhaps a docstring or what the test printed, and how it went."""
        test = _TEST.match(line)
        if test:
            self.pending = identity(line)
        ended = _ENDED.match(test["rest"] if test else line) if self.pending and len(line) < 4_000 else None
        if ended:
            skipped = ended["why"] is not None
            outcome: Outcome = "skipped" if skipped else _OUTCOMES.get(ended[1], "passed")
            self.verbose.append(Case(self.pending, outcome, message=ended["why"][1:-1] if skipped else ""))
            self.pending = ""


def identity(title: str) -> str:
    """`test_x (mod.Class.test_x)` or, before Python 3.11, `test_x (mod.Class)`; subtests count as their test."""
    found = _TEST.match(title)
    if not found:
        return title.strip()
    name, where = found[1], found[2]
    full = where if where.rpartition(".")[2] == name else f"{where}.{name}"
    return full.removeprefix(_LOADER)
