"""The text that a stored step's hash is over: what `json.dumps` makes of its plain value, letter for letter."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.lint import lint
from plans.plain import plain
from plans.reading import read_plan
from plans.sorted_json import sorted_json
from plans.types import Check, Claim, Expectation, ParsedStep, Part, Span
from tests.unit.plans.dialects.samples import ALL

TEXTS = st.text(alphabet=st.characters(), max_size=12) | st.sampled_from(
    ("\ud800", "\x00\x7f\u2028", '"\\/\b\f\t', "%s")
)
LINES = st.integers(1, 10**6)
SPANS = st.builds(Span, LINES, LINES)
PARTS = st.builds(Part, TEXTS, SPANS)
EXPECTED = st.builds(Expectation, TEXTS, st.none() | st.integers(-(10**30), 10**30))
CHECKS = st.builds(Check, TEXTS, LINES, st.booleans(), st.none() | TEXTS, EXPECTED, st.integers(0, 9))
STEPS = st.builds(
    ParsedStep,
    key=TEXTS, title=TEXTS, line=LINES, span=SPANS, group=st.none() | TEXTS, objective=st.none() | PARTS,
    criteria=st.lists(PARTS, max_size=2).map(tuple), instructions=st.dictionaries(TEXTS, PARTS, max_size=3),
    checks=st.lists(CHECKS, max_size=2).map(tuple), depends_on=st.lists(TEXTS, max_size=3).map(tuple),
    claims=st.lists(st.builds(Claim, LINES, TEXTS, st.booleans()), max_size=2).map(tuple),
    done=st.booleans(), parallel=st.none() | st.booleans(), details=st.dictionaries(TEXTS, TEXTS, max_size=3),
)  # fmt: skip


def dumped(value: Any, by: int) -> str:
    return json.dumps(plain(value, by), sort_keys=True, ensure_ascii=False)


@given(STEPS, st.integers(-(10**6), 10**6))
def test_any_step_is_written_as_json_writes_its_plain_value(step, by):
    assert sorted_json(step, by) == dumped(step, by)


@pytest.mark.parametrize(("dialect", "path", "text"), ALL, ids=[f"{dialect}-{path}" for dialect, path, _ in ALL])
def test_every_dialects_steps_are_written_as_json_writes_them(dialect, path, text):
    plan = read_plan(text.encode(), path, dialect)
    assert plan.steps and all(sorted_json(step, -step.line) == dumped(step, -step.line) for step in plan.steps)
    assert sorted_json(lint(plan)) == dumped(lint(plan), 0)
