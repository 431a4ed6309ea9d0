"""A window of a plan's source: its lines with the step they belong to and the problems at them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.web.reading.plan.problems import PlacedProblem
from orchestrator.web.reading.plan.text import Text
from plans.models import Step

WINDOW = 600
"""Lines on a page; a file that is a little longer is shown whole."""
WHOLE = 900


@dataclass(frozen=True, slots=True)
class SourceLine:
    """`step` is the number of the step that the line belongs to (0: none); `begins` where it is that step's first."""

    number: int
    text: str
    step: int
    begins: str
    problems: Sequence[PlacedProblem]


@dataclass(frozen=True, slots=True)
class Source:
    """A window of one file. `earlier` and `later` are lines to go on at, `before` and `after` the problems next to the
    line that was asked for; 0 for none."""

    file: str
    lines: Sequence[SourceLine]
    total: int
    earlier: int
    later: int
    before: int
    after: int

    @property
    def first(self) -> int:
        return self.lines[0].number

    @property
    def last(self) -> int:
        return self.lines[-1].number


def source(text: Text, file: str, line: int, problems: Sequence[PlacedProblem]) -> Source:
    """The lines of `file` around `line`."""
    content = text.files[file].encode("utf-8", "replace").decode("utf-8").split("\n")
    first, last = _window(len(content), line)
    here = [problem for problem in problems if problem.file == file]
    at = defaultdict(list)
    for problem in here:
        at[problem.line].append(problem)
    owners, begins = _owners(text, file, first, last)
    lines = [
        SourceLine(number, content[number - 1], owners.get(number, 0), begins.get(number, ""), at.get(number, ()))
        for number in range(first, last + 1)
    ]
    before, after = _neighbours(sorted(at), line)
    earlier = max(1, first - WINDOW // 2) if first > 1 else 0
    return Source(file, lines, len(content), earlier, last + 1 if last < len(content) else 0, before, after)


def _window(total: int, line: int) -> tuple[int, int]:
    if total <= WHOLE:
        return 1, total
    first = max(1, min(line - WINDOW // 3, total - WINDOW + 1))
    return first, min(total, first + WINDOW - 1)


def _neighbours(lines: Sequence[int], line: int) -> tuple[int, int]:
    below, above = bisect_left(lines, line), bisect_right(lines, line)
    return lines[below - 1] if below else 0, lines[above] if above < len(lines) else 0


def _owners(text: Text, file: str, first: int, last: int) -> tuple[dict[int, int], dict[int, str]]:
    """Line → number of the innermost step it belongs to, and line → key of the step that begins there."""
    owners: dict[int, int] = {}
    begins: dict[int, str] = {}
    for number, key, start, end in sorted(_spans(text, file, first, last), key=lambda span: span[2]):
        begins.setdefault(start, key)
        owners |= dict.fromkeys(range(max(start, first), min(end, last) + 1), number)
    return owners, begins


def _spans(text: Text, file: str, first: int, last: int) -> Iterator[tuple[int, str, int, int]]:
    """(number, key, first line, last line) of the steps that reach into a window: one that begins far above it is the
    last before it, or holds that one."""
    near = [(n, id, line) for n, (id, line) in enumerate(text.layout, 1) if line <= last]
    above = [place for place in near if place[2] < first][-20:]
    places = near if text.in_folder else [*above, *(place for place in near if place[2] >= first)]
    steps = Step.objects.in_bulk([id for _, id, _ in places])
    for number, id, line in places:
        step = steps[id]
        if not text.in_folder or step.content.get("path") == file:
            span = step.content["span"]
            yield number, step.key, line + span["start"], line + span["end"]
