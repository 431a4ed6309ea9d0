"""What changed between two texts of a plan, told in steps."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from plans.changes import PartChange, StepChange, changes
from plans.plain import plain
from plans.reading import content_hash
from plans.types import Check, ParsedStep, Part, Span


def step(key: str, **more) -> ParsedStep:
    return replace(ParsedStep(key, f"Step {key}", 1, Span(1, 2)), **more)


@dataclass(frozen=True)
class Stored:
    """A step as a row holds it."""

    key: str
    title: str
    leaf: str
    content: dict


def compared(before, now):
    return changes(*([Stored(s.key, s.title, content_hash(s), plain(s)) for s in steps] for steps in (before, now)))


def told(before, now) -> list[tuple[str, str]]:
    return [(change.kind, change.key) for change in compared(before, now)]


def test_nothing_changed_where_only_lines_did():
    assert told([step("1")], [step("1", line=9, span=Span(9, 10))]) == []


def test_added_and_removed_steps_are_named():
    assert told([step("1"), step("2")], [step("2"), step("3")]) == [("removed", "1"), ("added", "3")]


def test_each_edited_part_is_shown_as_it_was_and_is():
    before = step("1", objective=Part("Ring", Span(2, 2)), checks=(Check("a", 3, False),), depends_on=("0",))
    now = step("1", objective=Part("Sing", Span(2, 2)), checks=(Check("a", 3, True), Check("b", 4, False)))
    (change,) = compared([before], [now])
    assert change == StepChange(
        "edited", "1", "Step 1",
        (PartChange("objective", "Ring", "Sing"), PartChange("checks", "a", "a\nb"), PartChange("depends on", "0", "")),
    )  # fmt: skip


def test_instructions_are_compared_by_role():
    before = step("1", instructions={"build": Part("Cast", Span(2, 2))})
    now = step("1", instructions={"build": Part("Cast", Span(5, 5)), "review": Part("Listen", Span(6, 6))})
    (change,) = compared([before], [now])
    assert change.parts == (PartChange("review", "", "Listen"),)


def test_an_edit_of_what_is_not_shown_in_parts_is_an_edit_all_the_same():
    assert told([step("1")], [step("1", kind="design")]) == [("edited", "1")]


def test_a_step_that_became_done_is_no_edit():
    assert told([step("1")], [step("1", done=True)]) == [("done", "1")]
    assert told([step("1", done=True)], [step("1")]) == [("reopened", "1")]


def test_a_step_put_elsewhere_is_the_one_that_moved():
    keys = ["1", "2", "3", "4"]
    assert told([step(k) for k in keys], [step(k) for k in ("4", "1", "2", "3")]) == [("moved", "4")]


@given(st.permutations(range(8)))
def test_whatever_the_order_taking_out_the_moved_ones_leaves_the_rest_in_order(order):
    before = [step(str(n)) for n in range(8)]
    moved = {key for kind, key in told(before, [step(str(n)) for n in order])}
    rest = [n for n in order if str(n) not in moved]
    assert rest == sorted(rest)
