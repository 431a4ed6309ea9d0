"""What a check really did: its output around the first error, and the buckets of a candidate's checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.models import Candidate, CheckRun, RunStep

AROUND = 12
_ERROR = re.compile(
    r"^(E\s|FAIL|FAILED|ERROR|AssertionError|Traceback|error[:\[]|.*\b(Error|Exception|panicked|assert(ion)?\b.*fail))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Output:
    """`before` and `after` count the lines that are left out around `text`; `hit` is the line the error is on."""

    text: str
    before: int
    after: int
    hit: int | None


@dataclass(frozen=True, slots=True)
class Try:
    """One try at landing, with its checks in three buckets."""

    candidate: Candidate
    checks: Sequence[CheckRun]

    @property
    def passed(self) -> int:
        return sum(check.verdict == "passed" for check in self.checks)

    @property
    def failed(self) -> int:
        return sum(check.verdict in ("failed", "timed_out") for check in self.checks)

    @property
    def not_run(self) -> int:
        return sum(check.verdict == "not_run" for check in self.checks)

    @property
    def accepted(self) -> int:
        return sum(check.verdict == "waived" for check in self.checks)


def around_error(output: str, around: int = AROUND) -> Output:
    """The lines around the first that reads like an error, else the last ones."""
    lines = output.rstrip("\n").split("\n")
    hit = next((number for number, line in enumerate(lines) if _ERROR.match(line)), None)
    middle = hit if hit is not None else len(lines) - 1
    first, last = max(0, middle - around), min(len(lines), middle + around + 1)
    return Output("\n".join(lines[first:last]), first, len(lines) - last, None if hit is None else hit + 1)


def tries(step: RunStep) -> list[Try]:
    """The tries at landing a step, newest first."""
    found = step.candidates.prefetch_related("checks").order_by("-id")
    return [Try(candidate, list(candidate.checks.all())) for candidate in found]
