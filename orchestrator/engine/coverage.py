"""Which of the lines that a candidate adds were run by its checks."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

from agents.evidence.types import Results
from orchestrator.engine.bench import Bench
from orchestrator.models import CheckRun

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


def cover(bench: Bench, rows: list[CheckRun]) -> None:
    """Give every row whose command wrote coverage its part of the added lines."""
    measured = [row for row in rows if id(row) in bench.found and bench.found[id(row)].lines]
    if not measured:
        return
    diff = bench.ground.hub.diff(bench.candidate.base_oid, bench.candidate.oid)
    added = added_lines(diff.text)
    for row in measured:
        row.changed_lines = _of(bench.found[id(row)], added)


def _of(results: Results, added: dict[str, set[int]]) -> dict[str, Any]:
    found = {}
    for path in sorted(added.keys() & results.lines.keys()):
        lines = results.lines[path]
        missed = sorted(added[path].intersection(lines.missed))
        covered = len(added[path].intersection(lines.covered))
        if covered or missed:
            found[path] = {"covered": covered, "missed": missed}
    return found


def added_lines(diff: str) -> dict[str, set[int]]:
    """Path to the numbers of lines that a unified diff adds; names that git quotes are left out."""
    added: dict[str, set[int]] = defaultdict(set)
    path, number, left = "", 0, 0
    for line in diff.split("\n"):
        if left <= 0 and line.startswith("+++ "):
            path = line[6:].rstrip("\t") if line.startswith("+++ b/") else ""
        elif hunk := _HUNK.match(line) if left <= 0 else None:
            number, left = int(hunk[1]), int(hunk[2] or 1)
        elif left > 0 and line[:1] in ("+", " "):
            if line[0] == "+":
                added[path].add(number)
            number, left = number + 1, left - 1
    added.pop("", None)
    return dict(added)
