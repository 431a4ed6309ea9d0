"""Sort a command's failing tests against what the same command said on the base. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agents.evidence.types import Case, Results


@dataclass(frozen=True, slots=True)
class Sorted:
    """Identities, in the order of the report. Of what fails: `new` alone blocks; `before` failed on the base as well;
    `flaky` passed when run once more; `waived` maps to the number of the decision that accepted it; `expected_red` are
    tests whose code is still to come. Of the rest: `fixed` failed on the base, `added` and `gone` are in one of the two
    alone, `skipped` are skipped since."""

    new: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    flaky: tuple[str, ...] = ()
    waived: Mapping[str, int] = field(default_factory=dict)
    expected_red: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def sort(
    now: Results,
    base: Results | None,
    *,
    again: Results | None = None,
    waived: Mapping[str, int] | None = None,
    expected_red: frozenset[str] = frozenset(),
) -> Sorted:
    """`base` is None where it is not known; `again` is a second run of the same commit, None where there was none."""
    known = base or Results()
    places = {case.identity: _place(case, known, again, waived or {}, expected_red) for case in now.failing}
    here = {name: tuple(identity for identity, place in places.items() if place == name) for name in PLACES}
    return Sorted(
        new=here["new"],
        before=here["before"],
        flaky=here["flaky"],
        waived={identity: (waived or {})[identity] for identity in here["waived"]},
        expected_red=here["expected_red"],
        **(_moved(now, known) if base is not None else {}),
    )


PLACES = ("expected_red", "waived", "before", "flaky", "new")
"""Where a failing test may belong; the first that applies is its place."""


def _place(
    case: Case, base: Results, again: Results | None, waived: Mapping[str, int], expected_red: frozenset[str]
) -> str:
    failed_before = case.identity in {other.identity for other in base.failing}
    applies = {
        "expected_red": case.identity in expected_red,
        "waived": failed_before and case.identity in waived,
        "before": failed_before,
        "flaky": again is not None and _passes(case.identity, again),
        "new": True,
    }
    return next(place for place in PLACES if applies[place])


def _passes(identity: str, results: Results) -> bool:
    """A runner that does not name what passes has at least to have run as many tests."""
    if results.listed:
        return identity in results.of("passed")
    return bool(results.collected) and all(case.identity != identity for case in results.cases)


def _moved(now: Results, base: Results) -> dict[str, tuple[str, ...]]:
    """What changed of tests that do not fail. Only reports that name every test can say what is added or gone."""
    failing = {case.identity for case in now.failing}
    fixed = tuple(c.identity for c in base.failing if c.identity not in failing and _passes(c.identity, now))
    if not (now.listed and base.listed and base.collected):
        return {"fixed": fixed}
    names, names_before = {c.identity for c in now.cases}, {c.identity for c in base.cases}
    return {
        "fixed": fixed,
        "added": tuple(c.identity for c in now.cases if c.identity not in names_before),
        "gone": tuple(c.identity for c in base.cases if c.identity not in names),
        "skipped": tuple(
            c.identity for c in now.cases if c.outcome == "skipped" and c.identity in names_before - base.of("skipped")
        ),
    }
