"""docs/performance.md from the JSON lines of a folder: `python -m benchmarks.report FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.harness import ROOT, Figure

HEAD = """# Performance

Measured by `python -m benchmarks`; this page is written by `benchmarks/report.py` from what it found. Each ratio
compares with the bare operation named beside it, measured in the same run on the same machine: it says more than the
figure, which a busy machine makes worse. A target that was not reached stands here as such.
"""
FLOORS = {
    "chain of": "seven commits a step are on the disk before the next begins; the bare transactions beside it, two "
    "statements each, are their floor. Ours have ten to fourteen statements each: the lock, the board, the rows with "
    "their conditions, the events with their hashes",
    "processor per no-op step, postgresql": "about fifty statements a step at 60 to 100 µs of the driver each, beside "
    "the half millisecond a transaction that the same work takes on SQLite",
    "plan of": "a blueprint step of 23 lines is some four hundred calls: a quarter of the time goes to finding blocks "
    "in its lines, a fifth to its labels and phases. A plan that holds marks is scanned once more to be hashed without "
    "them; one that holds none is not. The Python here was built without a profile; one that a distribution built with "
    "one takes a sixth less",
    "step end to next claim": "two of those transactions one after the other, each waiting for its disk; a p99 is the "
    "second worst of 199 and catches whatever else the machine does",
}
"""Why a target of ours cannot be reached by a little more work, by what a figure's name begins with."""
LONG = """
## The long proofs

`make soak` on 2026-11-21, both cores in use: 72 tests in 28 minutes, all green. 518 kills at 61 places, on SQLite and
on PostgreSQL, no step lost or done twice and no event missing ([faults](faults.md#run-to-the-end)); every integration
test on PostgreSQL; 5 GB of output within 50 MB of memory; a repository with a file of 2 GB.

`make guards` on the same day: 49 ways to feign a step, none ends in a mark, each with what gave it away; 27 honest ones
that look odd, none is blocked. 53 seconds.
"""
"""What is run by hand, and when it was last."""
COLUMNS = "| what | measured | target | | against | ratio |\n|---|---|---|---|---|---|"


def page(folder: Path) -> str:
    """The page, from the newest line of each benchmark and database."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(folder.glob("bench_*.jsonl")):
        for text in path.read_text(encoding="utf-8").splitlines():
            value = json.loads(text)
            newest[value["benchmark"], value["database"]] = value
    figures = [Figure(**figure) for value in newest.values() for figure in value["figures"]]
    parts = [*_circumstances(newest.values()), COLUMNS, *map(_row, figures), "", *_missed(figures), *_counted(figures)]
    return "\n".join([HEAD, *parts, LONG])


def _circumstances(values: Any) -> list[str]:
    machines = sorted({value["machine"] for value in values})
    days = sorted({value["at"][:10] for value in values})
    loads = [value["load"] for value in values]
    busy = f"load average after each, its own work included: {min(loads):.1f} to {max(loads):.1f}" if loads else ""
    return [f"{' · '.join(days)}, {'; '.join(machines)}; {busy}.", ""]


def _row(figure: Figure) -> str:
    target, verdict = "–", ""
    if figure.target is not None:
        target = f"≤ {figure.target:g} {figure.unit}"
        verdict = "reached" if figure.value <= figure.target else "**not reached**"
    bare = f"{figure.against}: {figure.bare:.3g} {figure.unit}" if figure.bare is not None else "–"
    ratio = f"{figure.ratio:.3g}" if figure.ratio is not None else "–"
    return f"| {figure.what} | {figure.value:.3g} {figure.unit} | {target} | {verdict} | {bare} | {ratio} |"


def _missed(figures: list[Figure]) -> list[str]:
    """What stands between the missed targets and us, where we know it."""
    missed = [figure.what for figure in figures if figure.target is not None and figure.value > figure.target]
    known = {name: text for name, text in FLOORS.items() if any(what.startswith(name) for what in missed)}
    lines = [f"- **{name} …**: {text}." for name, text in known.items()]
    return ["## What was not reached, and why", "", *lines, ""] if lines else []


def _counted(figures: list[Figure]) -> list[str]:
    """What is counted, once for figures that share it."""
    shared: dict[str, list[str]] = {}
    for figure in figures:
        shared.setdefault(figure.counted, []).append(figure.what)
    return ["## What is counted", "", *[f"- **{'; '.join(names)}**: {text}." for text, names in shared.items()]]


if __name__ == "__main__":
    (ROOT / "docs" / "performance.md").write_text(page(Path(sys.argv[1])), encoding="utf-8")
