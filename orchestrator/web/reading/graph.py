"""Who waits for whom in a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from orchestrator.engine.states import SETTLED
from orchestrator.models import RunStep, RunStepDependency


def held_by(run_id: int, steps: Iterable[int]) -> list[RunStep]:
    """The unsettled steps that wait, directly or through others, for any of these; in plan order."""
    edges = defaultdict(list)
    for on, step in RunStepDependency.objects.filter(run=run_id, waived=False).values_list("on_id", "step_id"):
        edges[on].append(step)
    found: set[int] = set()
    ahead = list(steps)
    while ahead:
        fresh = set(edges[ahead.pop()]) - found
        found |= fresh
        ahead += fresh
    return list(RunStep.objects.filter(pk__in=found).exclude(status__in=sorted(SETTLED)).order_by("position"))


def direct_dependents(run_id: int, steps: Iterable[int]) -> list[RunStep]:
    """The unsettled steps that wait directly for any of these; in plan order."""
    edges = RunStepDependency.objects.filter(run=run_id, waived=False, on__in=list(steps)).values("step_id")
    return list(RunStep.objects.filter(pk__in=edges).exclude(status__in=sorted(SETTLED)).order_by("position"))
