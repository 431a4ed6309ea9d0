"""Guards: what no diff may do, whatever its report and its reviewer say. Each is a pure function in a file of its own,
and `GUARDS` lists them; how heavy each finding is stands in `severity`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from agents.guards import (
    attribution,
    conflict,
    dependencies,
    expected,
    fence,
    forbidden,
    phantom,
    plan,
    rules,
    secrets,
    size,
    tamper,
    undeclared,
)
from agents.guards.severity import SEVERITY, severity
from agents.guards.types import Case, Finding, Guard, Hit, Pattern, Scope, identity

GUARDS: Mapping[str, Guard] = {
    "phantom": phantom.guard,
    "fence": fence.guard,
    "plan": plan.guard,
    "rules": rules.guard,
    "tamper": tamper.guard,
    "secrets": secrets.guard,
    "conflict": conflict.guard,
    "attribution": attribution.guard,
    "forbidden": forbidden.guard,
    "dependencies": dependencies.guard,
    "expected": expected.guard,
    "size": size.guard,
    "undeclared": undeclared.guard,
}
"""By name, in the order in which a card tells what they found."""

MOST_OF_ONE = 50
"""Findings of one guard that are kept, the blocking ones first."""


def inspect(case: Case, wishes: Mapping[str, str] | None = None, *, by_person: bool = False) -> tuple[Finding, ...]:
    """What all guards find in a diff, each thing once. `wishes` are a policy's severities by guard."""
    found: list[Finding] = []
    for name, guard in GUARDS.items():
        own = {one.identity: one for one in reversed(list(_weighed(name, guard, case, wishes or {}, by_person)))}
        ordered = sorted(own.values(), key=lambda one: (one.severity != "blocking", one.path, one.line or 0))
        found += ordered[:MOST_OF_ONE]
    return tuple(found)


def _weighed(name: str, guard: Guard, case: Case, wishes: Mapping[str, str], by_person: bool) -> Iterator[Finding]:
    for hit in guard(case):
        weight = severity(name, hit.code, wishes, by_person=by_person)
        yield Finding(name, hit.code, weight, hit.path, hit.line, hit.message, identity(name, hit))


__all__ = ["GUARDS", "SEVERITY", "Case", "Finding", "Hit", "Pattern", "Scope", "inspect"]
