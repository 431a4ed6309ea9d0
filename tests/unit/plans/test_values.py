"""Values that are made quickly are the frozen values that `dataclass` makes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest

from plans.types import Check, Expectation, ParsedStep, Span

STEP = ParsedStep("1", "Ring", 7, Span(7, 12))


def test_no_field_can_be_set_anew():
    with pytest.raises(FrozenInstanceError):
        STEP.title = "Sing"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        STEP.span.start = 1  # type: ignore[misc]


def test_what_is_not_given_is_the_fields_default_and_a_dict_of_its_own():
    assert (STEP.kind, STEP.group, STEP.checks, STEP.done) == ("code", None, (), False)
    assert Check("rings", 11, False).expectation == Expectation()
    assert STEP.details == {} and STEP.details is not ParsedStep("2", "Sing", 8, Span(8, 9)).details


def test_a_field_without_default_has_to_be_given():
    with pytest.raises(TypeError, match="span"):
        ParsedStep("1", "Ring", 7)  # type: ignore[call-arg]


def test_a_changed_copy_keeps_all_else_and_equal_values_hash_alike():
    assert replace(STEP, title="Sing") == ParsedStep("1", "Sing", 7, Span(7, 12))
    assert len({Span(1, 2), Span(1, 2), Span(1, 3)}) == 2
