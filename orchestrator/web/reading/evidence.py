"""What a check really did: its output around the first error, and the buckets of a candidate's checks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from orchestrator.models import Artifact, Candidate, CheckRun, RunStep
from orchestrator.web.reading.proofs import Proof, proofs

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
    """One try at landing, with its checks in buckets, and all that stands behind each."""

    candidate: Candidate
    proofs: Sequence[Proof]

    @property
    def checks(self) -> list[CheckRun]:
        return [proof.check for proof in self.proofs]

    @property
    def passed(self) -> int:
        return self._count("passed")

    @property
    def failed(self) -> int:
        return self._count("failed", "timed_out")

    @property
    def not_new(self) -> int:
        return self._count("not_new")

    @property
    def not_run(self) -> int:
        return self._count("not_run", "unmeasured")

    @property
    def not_applicable(self) -> int:
        return self._count("not_applicable")

    @property
    def accepted(self) -> int:
        return self._count("waived")

    def _count(self, *verdicts: str) -> int:
        return sum(check.verdict in verdicts for check in self.checks)


def around_error(output: str, test: str = "", around: int = AROUND) -> Output:
    """The lines around the first that reads like an error, of this test where one does, else the last ones."""
    lines = output.rstrip("\n").split("\n")
    errors = [number for number, line in enumerate(lines) if _ERROR.match(line)]
    name = test.rpartition(".")[2]
    hit = next((number for number in errors if name and name in lines[number]), errors[0] if errors else None)
    middle = hit if hit is not None else len(lines) - 1
    first, last = max(0, middle - around), min(len(lines), middle + around + 1)
    return Output("\n".join(lines[first:last]), first, len(lines) - last, None if hit is None else hit + 1)


def tries(step: RunStep) -> list[Try]:
    """The tries at landing a step, newest first."""
    rows = CheckRun.objects.select_related("reused_from__candidate__step").prefetch_related(
        Prefetch("artifacts", Artifact.objects.select_related("check_run__candidate__step")),
        Prefetch("reused_from__artifacts", Artifact.objects.select_related("check_run__candidate__step")),
    )
    found = step.candidates.prefetch_related(Prefetch("checks", rows)).order_by("-id")
    return [Try(candidate, proofs(candidate)) for candidate in found]
