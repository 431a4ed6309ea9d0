"""Order, waves and circles of steps."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans import graph
from plans.exceptions import CycleFound
from plans.types import ParsedStep, Span


def steps(**needs: str) -> list[ParsedStep]:
    return [
        ParsedStep(key=key, title=key, line=n, span=Span(n, n), depends_on=tuple(needed))
        for n, (key, needed) in enumerate(needs.items(), 1)
    ]


def test_order_is_the_plans_order_where_dependencies_allow():
    assert graph.topological_order(steps(a="c", b="", c="", d="a")) == ("b", "c", "a", "d")


def test_waves_hold_what_can_run_together():
    assert graph.waves(steps(a="", b="a", c="", d="bc", e="c")) == (("a", "c"), ("b", "e"), ("d",))
    assert graph.waves([]) == ()


def test_a_cycle_is_named_with_its_path():
    looped = steps(a="", b="d", c="b", d="c")
    path = graph.find_cycle(looped)
    assert path and path[0] == path[-1] and set(path) == {"b", "c", "d"}
    needs = {step.key: step.depends_on for step in looped}
    assert all(after in needs[before] for before, after in pairwise(path))
    with pytest.raises(CycleFound, match="→"):
        graph.topological_order(looped)


@pytest.mark.ledger("B3")
def test_a_chosen_step_names_what_was_left_out():
    assert graph.left_out(steps(a="", b="a", c="b"), {"a", "c"}) == {"c": ("b",)}


@given(st.integers(1, 30).flatmap(lambda n: st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)))))
def test_an_order_puts_every_step_once_and_after_what_it_needs(pairs):
    size = max((max(pair) for pair in pairs), default=0) + 1
    needs = {n: {str(low) for low, high in map(sorted, pairs) if high == n and low != n} for n in range(size)}
    plan = [ParsedStep(str(n), "", n, Span(n, n), depends_on=tuple(sorted(needs[n]))) for n in reversed(range(size))]
    order = graph.topological_order(plan)
    assert sorted(order) == sorted(step.key for step in plan)
    assert all(order.index(before) < order.index(step.key) for step in plan for before in step.depends_on)
    assert sum(map(len, graph.waves(plan))) == size
