"""Rules about steps that a plan says may run side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from plans.types import ParsedPlan, ParsedStep, Problem

MOST_STEPS = 12
"""Steps of one file that are compared with each other: the pairs of more would fill a report."""


def overlapping_files(plan: ParsedPlan) -> Iterator[Problem]:
    """Two steps that may run side by side and change the same file."""
    beside = {key: place for place, group in enumerate(plan.parallel_groups) for key in group}
    by_file: dict[str, list[ParsedStep]] = {}
    for step in plan.steps:
        if not step.done and (step.parallel or step.background or step.key in beside):
            for path in step.files:
                by_file.setdefault(path, []).append(step)
    for path, steps in by_file.items():
        for first, second in combinations(steps[:MOST_STEPS], 2):
            if _side_by_side(first, second, beside):
                who = f"Step {second.key} and Step {first.key} (line {first.line})"
                message = f"{who} may run side by side and both change {path}; make one depend on the other"
                yield Problem(second.line, "warning", "parallel-overlap", message)


def _side_by_side(first: ParsedStep, second: ParsedStep, beside: Mapping[str, int]) -> bool:
    if first.key in second.depends_on or second.key in first.depends_on or first.group != second.group:
        return False
    return beside.get(first.key) == beside.get(second.key)


def parallel_dependency(plan: ParsedPlan) -> Iterator[Problem]:
    """Two steps of one parallel group, one of which waits for the other."""
    beside = {key: place for place, group in enumerate(plan.parallel_groups) for key in group}
    for step in plan.steps if beside else ():
        own = beside.get(step.key)
        other = next((key for key in step.depends_on if own is not None and beside.get(key) == own), None)
        if other is not None:
            message = f"Step {step.key} depends on Step {other}, but both stand in one parallel group; take one out"
            yield Problem(step.line, "error", "parallel-dependency", message)
