"""What each role hands in when it ends, and what makes such a report complete.

A report is a claim: whether the work holds is decided by the diff and by the checks that really ran.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from agents.claims.verdicts import places
from agents.types import Role

Exists = Callable[[str, int], bool]
"""(path relative to the worktree, 1-based line) -> is there such a line."""


class FileIntent(BaseModel):
    path: str = Field(min_length=1, description="relative to the repository's root")
    intent: str = Field(min_length=1, description="what was changed here and why, in one sentence")
    change: Literal["created", "modified", "deleted"] | None = Field(default=None, description="what happened to it")


class CommandRun(BaseModel):
    command: str = Field(min_length=1, description="as you ran it")
    result: Literal["passed", "failed"] = "passed"
    tests: int | None = Field(default=None, ge=0, description="how many tests it ran, if it says so")


class Dispute(BaseModel):
    finding: str = Field(min_length=1, description="as the brief calls it: F and a number")
    evidence: str = Field(min_length=1, description="what shows that it is wrong: a file and line, or a command")


class BuildReport(BaseModel):
    """The builder's summary: which files and to what end, decisions taken, deviations from the plan; the tests it
    added and the commands it ran, with their last result."""

    files: list[FileIntent]
    decisions: list[str] = Field(description="key decisions; an empty list if there were none")
    deviations: list[str] = Field(description="where the plan was not followed and why; an empty list if nowhere")
    summary: str = Field(min_length=1, description="two or three sentences for a person")
    tests: list[str] = Field(default_factory=list, description="names of the tests that you added")
    disputes: list[Dispute] = Field(
        default_factory=list, description="findings of a reviewer that are wrong, with evidence"
    )
    commands: list[CommandRun] = Field(
        default_factory=list, description="tests and checks you ran, with their last result"
    )


class CriterionVerdict(BaseModel):
    criterion: int = Field(ge=1, description="the criterion's number as in the brief")
    verdict: Literal["met", "unmet", "not_applicable"]
    note: str = Field(description="what in the files shows it")
    path: str | None = Field(default=None, description="the file that shows it, relative to the root")
    line: int | None = Field(default=None, ge=1, description="and the line in that file")


class Finding(BaseModel):
    severity: Literal["blocking", "advisory"]
    path: str = Field(min_length=1, description="relative to the repository's root")
    line: int = Field(ge=1)
    title: str = Field(min_length=1)
    detail: str = Field(description="what is wrong, how it shows, what would mend it")
    criterion: int | None = Field(default=None, ge=1, description="the criterion it offends, if any")


class EarlierVerdict(BaseModel):
    finding: str = Field(min_length=1, description="as the brief calls it: F and a number")
    verdict: Literal["mended", "stands"]
    note: str = Field(default="", description="what in the files shows it")


class ReviewReport(BaseModel):
    """The reviewer's verdict per criterion, and what it found; in a later round also on what was found before."""

    criteria: list[CriterionVerdict]
    findings: list[Finding]
    earlier: list[EarlierVerdict] = Field(default_factory=list, description="one for each finding of an earlier round")


class ItemProof(BaseModel):
    item: int = Field(ge=1, description="the item's number as in the brief")
    command: Annotated[str, StringConstraints(strip_whitespace=True)] | None = Field(
        default=None, description="a shell command that exits 0 only if the item holds"
    )
    path: str | None = Field(default=None, description="or the file that shows it, relative to the root")
    line: int | None = Field(default=None, ge=1, description="and the line in that file")
    note: str = Field(description="how this proves the item, or why nothing can")


class VerifyReport(BaseModel):
    """For each verification item without a command: the command or the file and line that proves it."""

    items: list[ItemProof]


Report = BuildReport | ReviewReport | VerifyReport

_MODELS: dict[Role, type[Report]] = {"builder": BuildReport, "reviewer": ReviewReport, "verifier": VerifyReport}


def report_model(role: Role) -> type[Report]:
    """The pydantic model that a role's report must fit."""
    return _MODELS[role]


def check_review(report: ReviewReport, criteria_count: int, exists: Exists) -> list[str]:
    """Sentences that name what makes the review incomplete; empty if it is complete.

    Incomplete are: a criterion without a verdict or with several, a number that is no criterion's, a finding whose
    file and line do not exist, and a verdict that rests on such a line.
    """
    numbers = [verdict.criterion for verdict in report.criteria]
    return [
        *_numbering("Criterion", numbers, criteria_count, "verdict"),
        *_misplaced(report.findings, criteria_count, exists),
        *_unshown(report.criteria, exists),
    ]


def check_verify(report: VerifyReport, item_count: int) -> list[str]:
    """Sentences that name items without an answer, with several, or that were not asked; empty if complete."""
    return _numbering("Item", [proof.item for proof in report.items], item_count, "answer")


def _numbering(noun: str, numbers: list[int], count: int, what: str) -> list[str]:
    asked = range(1, count + 1)
    missing = [f"{noun} {number} has no {what}." for number in asked if number not in numbers]
    doubled = [f"{noun} {number} has more than one {what}." for number in asked if numbers.count(number) > 1]
    unknown = [f"{noun} {number} was not asked: there are {count}." for number in numbers if number not in asked]
    return missing + doubled + unknown


def _unshown(verdicts: Iterable[CriterionVerdict], exists: Exists) -> Iterator[str]:
    """Places that a verdict names, as such or in its note, and that are not there."""
    for verdict in verdicts:
        for path, line in places(verdict.path, verdict.line, verdict.note):
            if not exists(path, line):
                yield f"The verdict on criterion {verdict.criterion} rests on {path}:{line}, which does not exist."


def _misplaced(findings: Iterable[Finding], criteria_count: int, exists: Exists) -> list[str]:
    problems = []
    for finding in findings:
        if not exists(finding.path, finding.line):
            problems.append(f"Finding “{finding.title}” points at {finding.path}:{finding.line}, which does not exist.")
        if finding.criterion is not None and finding.criterion > criteria_count:
            problems.append(
                f"Finding “{finding.title}” names criterion {finding.criterion}: there are {criteria_count}."
            )
    return problems
