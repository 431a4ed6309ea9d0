"""What a reviewer says of each criterion, and the lines by which it shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from agents.claims.types import Row
from agents.reports import CriterionVerdict, places

Line = Callable[[str, int], str | None]
"""(path, 1-based line) -> its text in the reviewed commit, None where there is no such line."""
SHOWN = 120


def rows(criteria: Sequence[Mapping[str, Any]], line: Line) -> tuple[Row, ...]:
    """A verdict rests on the lines that it names; one without any is an opinion."""
    return tuple(_rows(criteria, line))


def _rows(criteria: Sequence[Mapping[str, Any]], line: Line) -> Iterator[Row]:
    for given in criteria:
        verdict = CriterionVerdict.model_validate(given)
        said = f"criterion {verdict.criterion} {verdict.verdict.replace('_', ' ')}: {verdict.note}".removesuffix(": ")
        named = [(path, number, line(path, number)) for path, number in places(verdict)]
        lost = any(text is None for _, _, text in named)
        shown = "; ".join(f"{path}:{number} {(text or 'is not there').strip()[:SHOWN]}" for path, number, text in named)
        path = named[0][0] if named else ""
        result = "not so" if lost else "so" if named else "unsupported"
        yield Row("criterion", said, shown or "it names no line", result, path=path)  # type: ignore[arg-type]
