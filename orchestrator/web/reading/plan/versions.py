"""The texts of a plan that were read, and what changed between two of them: in steps, and in lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff

from orchestrator.models import Run
from plans.changes import StepChange, changes
from plans.models import Plan, Revision, Step

PAGE = 50
MOST_LINES = 6_000
"""Lines between the first and the last that changed, in both texts: beyond them a diff takes seconds."""
MOST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class Version:
    """A revision without its text. `runs` were last read from it."""

    pk: int
    sha256: str
    read_at: datetime
    made_by: str
    chosen: str
    steps: int
    runs: Sequence[int]


@dataclass(frozen=True, slots=True)
class FileDiff:
    """`lines` of a unified diff as (kind, text), kind one of @ + - and a blank; `note` where they are too many."""

    file: str
    lines: Sequence[tuple[str, str]]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """`changes` in steps, at most MOST_SHOWN of `total`; `counts` by kind."""

    before: int
    now: int
    changes: Sequence[StepChange]
    counts: Mapping[str, int]
    total: int
    files: Sequence[FileDiff]


def versions(plan: Plan) -> list[Version]:
    """The newest texts of a plan, the newest first."""
    names = ("pk", "sha256", "read_at", "made_by", "chosen", "layout")
    rows = list(plan.revisions.values_list(*names)[:PAGE])
    runs: dict[int, list[int]] = {row[0]: [] for row in rows}
    for run, revision in Run.objects.filter(revision__in=list(runs)).order_by("id").values_list("id", "revision"):
        runs[revision].append(run)
    return [
        Version(pk, sha256, read_at, made_by, chosen, len(layout), runs[pk])
        for pk, sha256, read_at, made_by, chosen, layout in rows
    ]


def compare(before: Revision, now: Revision) -> Comparison:
    """What changed from one text of a plan to another."""
    stored = Step.objects.in_bulk({id for id, _ in (*before.layout, *now.layout)})
    old, new = ([stored[id] for id, _ in revision.layout] for revision in (before, now))
    found = changes(old, new)
    counts = Counter(change.kind for change in found)
    return Comparison(before.pk, now.pk, found[:MOST_SHOWN], dict(counts), len(found), list(_diffs(before, now)))


def _diffs(before: Revision, now: Revision) -> Iterator[FileDiff]:
    for file in dict.fromkeys([*before.files, *now.files]):
        old, new = (revision.files.get(file, "") for revision in (before, now))
        if old != new:
            yield _diff(file, _lines(old), _lines(new))


def _lines(text: str) -> list[str]:
    return text.encode("utf-8", "replace").decode("utf-8").splitlines()


def _diff(file: str, old: list[str], new: list[str]) -> FileDiff:
    """Equal lines at both ends are cut off first, but for the three that a reader sees around a change."""
    start = max(0, _alike(old, new) - 3)
    tail = _alike(old[start:][::-1], new[start:][::-1])
    end = max(0, min(tail, len(old) - start, len(new) - start) - 3)
    then, here = old[start : len(old) - end], new[start : len(new) - end]
    if len(then) + len(here) > MOST_LINES:
        return FileDiff(file, (), f"More than {MOST_LINES} lines lie between the first change and the last.")
    diff = list(unified_diff(then, here, lineterm=""))[2:]
    return FileDiff(file, [(line[0], _placed(line, start)) for line in diff])


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines two texts begin with that are the same."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(old), len(new)))


def _placed(line: str, by: int) -> str:
    """A line without its mark; a hunk's heading with the first lines of both sides in the whole file."""
    if line[0] != "@":
        return line[1:]
    old, new = line.split()[1:3]
    was, is_now = (abs(int(side.partition(",")[0])) + by for side in (old, new))
    return f"line {was} before, line {is_now} now"
