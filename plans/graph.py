"""The order in which steps can be done. Pure; steps that share a key count as the first of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heapify, heappop, heappush

from plans.exceptions import CycleFound
from plans.types import ParsedStep

Edges = dict[str, tuple[str, ...]]


def dependencies(steps: Sequence[ParsedStep]) -> Edges:
    """Key → the keys it depends on that are among `steps`, in plan order."""
    keys = {step.key for step in steps}
    edges: Edges = {}
    for step in steps:
        edges.setdefault(step.key, tuple([key for key in step.depends_on if key in keys]))
    return edges


def dependents(steps: Sequence[ParsedStep]) -> Edges:
    """Key → the keys that depend on it directly, in plan order."""
    found: dict[str, list[str]] = {step.key: [] for step in steps}
    for key, needed in dependencies(steps).items():
        for before in needed:
            found[before].append(key)
    return {key: tuple(after) for key, after in found.items()}


def find_cycle(steps: Sequence[ParsedStep]) -> tuple[str, ...] | None:
    """A path of steps, each needing the next, that ends where it began; None when there is none."""
    edges = dependencies(steps)
    if _need_earlier_only(edges):
        return None
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        return tuple(reversed(error.args[1]))
    return None


def _need_earlier_only(edges: Edges) -> bool:
    """Whether every step stands behind all that it needs, as in nearly every plan: then there is no cycle."""
    seen: set[str] = set()
    for key, needed in edges.items():
        if not seen.issuperset(needed):
            return False
        seen.add(key)
    return True


def topological_order(steps: Sequence[ParsedStep]) -> tuple[str, ...]:
    """Every key after the keys it depends on and otherwise in plan order. Raises CycleFound."""
    edges = dependencies(steps)
    if _need_earlier_only(edges):
        return tuple(edges)
    after = dependents(steps)
    place = {key: number for number, key in enumerate(edges)}
    names = list(edges)
    open_count = {key: len(needed) for key, needed in edges.items()}
    ready = [place[key] for key, count in open_count.items() if not count]
    heapify(ready)
    order = []
    while ready:
        key = names[heappop(ready)]
        order.append(key)
        for dependent in after[key]:
            open_count[dependent] -= 1
            if not open_count[dependent]:
                heappush(ready, place[dependent])
    _refuse_cycle(steps, complete=len(order) == len(edges))
    return tuple(order)


def waves(steps: Sequence[ParsedStep]) -> tuple[tuple[str, ...], ...]:
    """Keys by the number of steps that must come before them: a wave's steps need only earlier waves."""
    edges = dependencies(steps)
    level: dict[str, int] = {}
    for key in topological_order(steps):
        level[key] = 1 + max((level[before] for before in edges[key]), default=-1)
    rows: list[list[str]] = [[] for _ in range(1 + max(level.values(), default=-1))]
    for key in edges:
        rows[level[key]].append(key)
    return tuple(map(tuple, rows))


def left_out(steps: Sequence[ParsedStep], chosen: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Chosen key → the keys it depends on directly that are neither chosen nor done."""
    done = {step.key for step in steps if step.done}
    gaps = {
        key: tuple(before for before in needed if before not in chosen and before not in done)
        for key, needed in dependencies(steps).items()
        if key in chosen
    }
    return {key: missing for key, missing in gaps.items() if missing}


def _refuse_cycle(steps: Sequence[ParsedStep], complete: bool) -> None:
    if not complete:
        raise CycleFound(find_cycle(steps) or ())
