"""Diffs for tables, made from the texts before and after, as git would make them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from agents.claims import Claims, FileClaim
from agents.guards import Case, Scope
from agents.workspaces.types import FileDiff, TreeDiff


@dataclass(frozen=True)
class Example:
    """One row of a table: what is done, and the codes that its guard must find (none: it must be silent)."""

    name: str
    case: Case
    fires: frozenset[str] = field(default_factory=frozenset)


def example(name: str, *changes: Changed, fires: str = "", **given) -> Example:
    return Example(name, case(*changes, **given), frozenset(fires.split()))


@dataclass(frozen=True)
class Changed:
    diff: FileDiff
    old: str | None
    new: str | None


def change(path: str, old: str | None, new: str | None, *, was: str = "", **more) -> Changed:
    """A file before and after; None where it is not there."""
    kind = "added" if old is None else "deleted" if new is None else "renamed" if was else "modified"
    removed, added = _lines(old or "", new or "")
    text = old or "" if new is None else new
    values = {
        "kind": kind, "old_path": was, "old_mode": "" if old is None else "100644", "size": len(text.encode()),
        "new_mode": "" if new is None else "100644", "added": added, "removed": removed,
    }  # fmt: skip
    return Changed(FileDiff(path, **{**values, **more}), old, new)


def claims(*paths: str, **more) -> Claims:
    """A report about these files."""
    return Claims(tuple(map(FileClaim, paths)), **more)


def link(path: str, target: str) -> Changed:
    return Changed(FileDiff(path, "symlink", new_mode="120000", size=len(target), added=((1, target),)), None, None)


def case(*changes: Changed, claims: Claims | None = None, message: str = "", truncated: bool = False, **scope) -> Case:
    there = scope.pop("there", {})
    return Case(
        TreeDiff(tuple(one.diff for one in changes), truncated),
        Scope(**scope),
        claims,
        message,
        {one.diff.before: one.old for one in changes if one.old is not None},
        {**there, **{one.diff.path: one.new for one in changes if one.new is not None}},
    )


def _lines(old: str, new: str) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]:
    before, after = old.split("\n"), new.split("\n")
    parts = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    gone = [spread for kind, a, b, _, _ in parts if kind != "equal" for spread in range(a, b)]
    come = [spread for kind, _, _, a, b in parts if kind != "equal" for spread in range(a, b)]
    return _numbered(before, gone), _numbered(after, come)


def _numbered(lines: list[str], places: Iterable[int]) -> tuple[tuple[int, str], ...]:
    return tuple((place + 1, lines[place]) for place in places if place < len(lines) - 1 or lines[place])
