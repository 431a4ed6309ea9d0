"""Reading which steps a text points at."""

from __future__ import annotations

import pytest

from plans.references import LONGEST_RANGE, Targets, declared, mentioned

TARGETS = Targets.of(["1", "2", "2a", "2.5", "3", "4", "5"], {"1": ["1", "2"], "2": ["3", "4"]})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("none", ""),
        ("None.", ""),
        ("—", ""),
        ("N/A", ""),
        ("Step 1, 2", "1 2"),
        ("Step 1 and 3", "1 3"),
        ("Steps 1, 2, and 3", "1 2 3"),
        ("1-3", "1 2 2a 2.5 3"),
        ("Steps 1–3", "1 2 2a 2.5 3"),
        ("Step 3 through Step 4", "3 4"),
        ("Step 2A", "2a"),
        ("- Step 1\n- Step 3", "1 3"),
        ("Step 2 (see Step 4)", "2"),
        ("Step 1; not Step 3", "1"),
        ("Step 1, can run in parallel with Step 3", "1"),
        ("None. Can run in parallel with Step 2", ""),
        ("No dependency on Step 4", ""),
        ("Milestone 1", "1 2"),
        ("Phases 1-2", "1 2 3 4"),
        ("all previous steps", "1 2 2a 2.5 3 4"),
        ("the previous step", "4"),
        ("Node 18", ""),
    ],
)
def test_a_declared_dependency_is_read(text, found):
    assert declared(text, TARGETS, "5").found == tuple(found.split())


@pytest.mark.parametrize(
    ("text", "outside"),
    [
        ("Step 9", ("Step 9",)),
        ("Step 1, issue #45", ("issue #45",)),
        ("API keys from ops, Step 1", ("API keys from ops",)),
        ("Milestone 7", ("Milestone 7",)),
        ("none", ()),
    ],
)
def test_what_is_not_in_the_plan_is_outside(text, outside):
    assert declared(text, TARGETS, "5").outside == outside


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("Make the page. Depends on Step 2 (the API).", "2"),
        ("This does not depend on Step 3.", ""),
        ("It doesn't depend on Step 3", ""),
        ("Requires Step 1 to be done", "1"),
        ("Blocked by Step 1 but not Step 2", "1"),
        ("depends on the weather in 3 places", ""),
        ("Matches what Step 2 made", ""),
        ("depends on steps 3-4 and 1", "3 4 1"),
    ],
)
def test_prose_counts_only_behind_a_word_of_dependence(prose, found):
    assert mentioned(prose, TARGETS, "5").found == tuple(found.split())


def test_a_range_that_is_too_long_is_kept_as_written():
    targets = Targets.of([str(n) for n in range(1, 2 * LONGEST_RANGE)], {})
    assert declared("all previous steps", targets, str(LONGEST_RANGE + 2)).outside == ("Steps: all previous steps",)
