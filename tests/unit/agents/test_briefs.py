"""Briefs: the plan's words arrive as they are, and nothing is sent with a gap in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.briefs import fenced, placeholders, render
from agents.exceptions import UnfilledPlaceholder
from agents.rehearsal import general
from tests.integration.agents.dispatching import VALUES

ROLES = ("builder", "reviewer", "verifier")
TEXTS = st.text(st.sampled_from("`~ab {}\n#:1"), min_size=1).filter(str.strip)


@pytest.mark.parametrize("role", ROLES)
def test_a_filled_brief_has_no_placeholder_left(role):
    assert "{{" not in render(role, VALUES)


@pytest.mark.parametrize(("role", "name"), [(role, name) for role in ROLES for name in sorted(placeholders(role))])
def test_every_value_must_be_given(role, name):
    without = {key: value for key, value in VALUES.items() if key != name}
    with pytest.raises(UnfilledPlaceholder, match=name):
        render(role, without)


@pytest.mark.parametrize("name", ["objective", "criteria", "phase", "title"])
@pytest.mark.parametrize("blank", ["", " \n", []])
def test_a_blank_value_stops_the_brief(name, blank):
    with pytest.raises(UnfilledPlaceholder, match=f"{name}” is empty"):
        render("builder", {**VALUES, name: blank})


def test_text_that_looks_like_a_placeholder_is_only_text():
    brief = render("builder", {**VALUES, "objective": "Replace {{name}} and {{fenced:criteria}} in {{if x}}."})
    assert "Replace {{name}} and {{fenced:criteria}} in {{if x}}." in brief


def test_a_part_that_the_step_does_not_have_leaves_no_heading():
    assert "What a person asks" not in render("builder", VALUES)
    assert "What a person asks" in render("builder", {**VALUES, "guidance": "Round up."})


@given(TEXTS)
def test_no_text_can_close_its_fence(text):
    first, *between, last = fenced(text).split("\n")
    assert first == last
    assert "\n".join(between) == text
    assert not any(line.lstrip().startswith(first) for line in between)


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_criteria_arrive_verbatim_and_can_be_counted(criteria):
    brief = render("reviewer", {**VALUES, "criteria": criteria})
    assert all(text in brief for text in criteria)
    assert general.numbered("Criterion", brief) == len(criteria)
