"""The values of the guards: what they look at, and what they find. Nothing here reads a file, a clock or a database."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from agents.claims.types import Claims
from agents.workspaces.types import FileDiff, TreeDiff

Severity = Literal["blocking", "advisory"]
Texts = Mapping[str, str]
"""Text files of one side by path; it has neither binary nor very large ones."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Something that must not be added: a regular expression, the globs it is searched in (none: all), and why."""

    regex: str
    paths: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a step allows.

    `declared` are the paths or globs that it names; `lists_files` where that list is meant to be complete, and not only
    what its text mentions. `fences` are globs outside of which nothing may change (none: all may). `plans` are plan
    files, `guidelines` the files agents have to follow, both by path or glob. `dependencies` are packages that it adds
    by name, `words` is its whole text, `commands` are those that will check it.
    """

    declared: tuple[str, ...] = ()
    lists_files: bool = False
    fences: tuple[str, ...] = ()
    read_only: bool = False
    plans: tuple[str, ...] = ()
    guidelines: tuple[str, ...] = ()
    forbidden: tuple[Pattern, ...] = ()
    dependencies: tuple[str, ...] = ()
    words: str = ""
    commands: tuple[str, ...] = ()
    largest_bytes: int = 500_000


@dataclass(frozen=True, slots=True)
class Case:
    """One diff to look at. `claims` is None where nobody reported, `message` is that of the commit, if there is one."""

    diff: TreeDiff
    scope: Scope = Scope()
    claims: Claims | None = None
    message: str = ""
    old: Texts = field(default_factory=dict)
    new: Texts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a guard met. `found` is what recognises it again in a later round, without its place."""

    code: str
    path: str
    line: int | None
    message: str
    found: str = ""


Guard = Callable[[Case], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Finding:
    """A hit with its weight. `message` says what, why, and what to do; `identity` is the same in every round."""

    guard: str
    code: str
    severity: Severity
    path: str
    line: int | None
    message: str
    identity: str


def identity(guard: str, hit: Hit) -> str:
    """A hash of guard, path and what was found; spacing and the line's number do not count."""
    found = " ".join((hit.found or hit.message).split())
    return hashlib.sha256(f"{guard}\0{hit.code}\0{hit.path}\0{found}".encode(errors="replace")).hexdigest()


def present(case: Case) -> Iterator[FileDiff]:
    """The files of a diff that are there afterwards."""
    return (file for file in case.diff.files if file.kind != "deleted")
