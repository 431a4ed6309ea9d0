"""What changed between two texts of a plan, in steps. A step is known by its key, and edited where its leaf (see
`plans.reading.content_hash`) is another."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Content = Mapping[str, Any]
Leaves = Mapping[str, str]
"""Key → leaf, in plan order."""


class Stated(Protocol):
    """A step as it is stored; `content` is JSON as `plans.plain` makes it."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def leaf(self) -> str: ...
    @property
    def content(self) -> Content: ...


@dataclass(frozen=True, slots=True)
class Difference:
    """Keys: `removed` in the order of the old text, the others in that of the new. `moved` are the fewest whose move
    explains the new order."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    edited: tuple[str, ...]
    moved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartChange:
    """One part of a step, as it was and as it is; a part that was not there is empty."""

    part: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class StepChange:
    """kind: added · removed · edited · moved (only its place) · done · reopened (only its done state)."""

    kind: str
    key: str
    title: str
    parts: tuple[PartChange, ...] = ()


def difference(before: Leaves, now: Leaves) -> Difference:
    """What changed, in keys."""
    kept = [key for key in now if key in before]
    moved = _moved([key for key in before if key in now], kept)
    return Difference(
        added=tuple(key for key in now if key not in before),
        removed=tuple(key for key in before if key not in now),
        edited=tuple(key for key in kept if now[key] != before[key]),
        moved=tuple(key for key in kept if key in moved),
    )


def changes(before: Sequence[Stated], now: Sequence[Stated]) -> tuple[StepChange, ...]:
    """Every change with what it changed, removed steps first, then in the order of the new text."""
    old = {step.key: step for step in before}
    new = {step.key: step for step in now}
    found = difference(*({key: step.leaf for key, step in steps.items()} for steps in (old, new)))
    moved = frozenset(found.moved)
    gone = [StepChange("removed", key, old[key].title) for key in found.removed]
    return (*gone, *(change for key, step in new.items() for change in _of(old.get(key), step, key in moved)))


def _of(old: Stated | None, new: Stated, moved: bool) -> Iterator[StepChange]:
    key, title = new.key, new.title
    if old is None:
        yield StepChange("added", key, title)
        return
    if old.leaf != new.leaf:
        yield StepChange("edited", key, title, tuple(_parts(old.content, new.content)))
    if moved:
        yield StepChange("moved", key, title)
    if bool(old.content["done"]) != bool(new.content["done"]):
        yield StepChange("done" if new.content["done"] else "reopened", key, title)


def _moved(before: Sequence[str], now: Sequence[str]) -> set[str]:
    """The fewest keys whose move explains the new order: all that are not in a longest run of both orders."""
    place = {key: position for position, key in enumerate(before)}
    stays = _longest_increasing([place[key] for key in now])
    return {key for key in now if place[key] not in stays}


def _longest_increasing(numbers: Sequence[int]) -> set[int]:
    """The members of a longest increasing subsequence of distinct numbers (patience sorting, n log n)."""
    tails: list[int] = []
    before: dict[int, int | None] = {}
    for number in numbers:
        place = bisect_left(tails, number)
        before[number] = tails[place - 1] if place else None
        tails[place : place + 1] = [number]
    found: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        found.add(last)
        last = before[last]
    return found


def _parts(old: Content, new: Content) -> Iterator[PartChange]:
    for name, said in _READ.items():
        then, here = said(old), said(new)
        if then != here:
            yield PartChange(name, then, here)
    roles = {**old["instructions"], **new["instructions"]}
    for role in roles:
        then, here = _text(old["instructions"].get(role)), _text(new["instructions"].get(role))
        if then != here:
            yield PartChange(role, then, here)


def _text(part: Mapping[str, Any] | None) -> str:
    return str(part["text"]) if part else ""


def _lines(name: str) -> Callable[[Content], str]:
    return lambda step: "\n".join(step[name])


_READ: dict[str, Callable[[Content], str]] = {
    "title": lambda step: str(step["title"]),
    "group": lambda step: step["group"] or "",
    "owner": lambda step: step["owner"] or "",
    "objective": lambda step: _text(step["objective"]),
    "criteria": lambda step: "\n".join(part["text"] for part in step["criteria"]),
    "checks": lambda step: "\n".join(check["text"] for check in step["checks"]),
    "depends on": _lines("depends_on"),
    "files": _lines("files"),
}
"""Every part that a person would call one, instructions aside: those are by role."""
