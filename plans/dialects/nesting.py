"""What a part of a step is a part of: it cannot be understood without it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from plans.types import ParsedStep, Part, Span


def with_surroundings(steps: Iterable[ParsedStep]) -> tuple[ParsedStep, ...]:
    """The steps, each part with the own text of the steps above it, the outermost first. Those stand before it."""
    known = tuple(steps)
    holders = {step.parent for step in known if step.parent}
    if not holders:
        return known
    texts: dict[str, Part] = {}
    found = []
    for step in known:
        above = texts.get(step.parent or "")
        if step.key in holders:
            own = _own(step)
            texts.setdefault(step.key, Part(f"{above.text}\n{own.text}", own.span) if above else own)
        found.append(replace(step, within=above) if above else step)
    return tuple(found)


def _own(step: ParsedStep) -> Part:
    """The step's text, which for a box starts with its title."""
    told = [part.text for part in (step.objective, step.instructions.get("build")) if part]
    lines = told if told and step.title in told[0] else [step.title, *told]
    return Part("\n".join(lines), Span(step.line, step.line))
