"""The values of claims: what was said, what is known, and both side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["so", "not so", "unsupported", "not told"]
"""unsupported: nothing shows it, and nothing shows the contrary. not told: it is there, and the report is silent."""


@dataclass(frozen=True, slots=True)
class FileClaim:
    """change: created · modified · deleted, "" where the report does not say which."""

    path: str
    intent: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class CommandClaim:
    """`result` is passed or failed; `tests` how many it is said to have run, None where nothing is said."""

    command: str
    result: str = "passed"
    tests: int | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that an agent really ran. `exit` is None where it was stopped; `output` is what the agent was shown."""

    command: str
    exit: int | None
    output: str = ""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a builder's report says. `ran` are the commands of its dispatch in their order, None where no record of
    them was kept: then nothing that it says of commands can be held against it. `checks` are the commands that will
    check the step: to claim that one of them passes is to claim that tests pass."""

    files: tuple[FileClaim, ...] = ()
    tests: tuple[str, ...] = ()
    commands: tuple[CommandClaim, ...] = ()
    summary: str = ""
    deviations: tuple[str, ...] = ()
    ran: tuple[Ran, ...] | None = None
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One claim beside what was observed. kind: file · test · command · summary · deviation · criterion. `code` is the
    finding that it amounts to, "" for none; `path` is the file that it is about."""

    kind: str
    claimed: str
    observed: str
    verdict: Verdict
    code: str = ""
    path: str = ""
