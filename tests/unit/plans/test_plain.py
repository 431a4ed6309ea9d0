"""Parsed values as plain JSON values."""

from __future__ import annotations

import json
from dataclasses import asdict

from plans.plain import plain
from plans.types import Check, Expectation, ParsedStep, Part, Span

STEP = ParsedStep(
    key="1", title="Ring", line=7, span=Span(7, 12), criteria=(Part("It rings", Span(9, 9)),),
    instructions={"build": Part("Cast it", Span(10, 10))},
    checks=(Check("rings", 11, True, "ring 3", Expectation("at_least", 3)),),
)  # fmt: skip


def test_plain_values_are_what_json_makes_of_them():
    assert plain(STEP) == json.loads(json.dumps(asdict(STEP)))


def test_every_line_moves_and_nothing_else_does():
    moved = plain(STEP, 5)
    assert (moved["line"], moved["span"], moved["checks"][0]["line"]) == (12, {"start": 12, "end": 17}, 16)
    assert moved["checks"][0]["expectation"]["value"] == 3
    assert plain(moved, -5) == plain(STEP)
