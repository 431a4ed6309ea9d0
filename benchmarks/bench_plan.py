"""Reading and linting a plan of 10,000 steps and 5 MB, against a loop that only looks at each line."""

from __future__ import annotations

from benchmarks import chains
from benchmarks.harness import Figure, Scale, main, median, seconds


def measure(scale: Scale) -> list[Figure]:
    """One figure: the median seconds of reading and linting."""
    from plans.lint import lint
    from plans.reading import read_plan

    steps = scale.of(10_000, 20)
    text = chains.plan(steps).replace("Make it.", "Make it. " + "It has to hold when it rains. " * 7)
    data = text.encode()
    assert len(read_plan(data, "PLAN.md").steps) == steps
    times = scale.of(5, 1)
    taken = median([seconds(lambda: lint(read_plan(data, "PLAN.md"))) for _ in range(times)])
    bare = median([seconds(lambda: _headings(data)) for _ in range(times)])
    counted = f"{len(data) / 1e6:.1f} MB from bytes to steps, checks, dependencies and problems"
    what = f"plan of {steps:,} steps read and linted"
    return [Figure(what, taken, "s", counted, 0.5, "a loop over its lines", bare)]


def _headings(data: bytes) -> int:
    return sum(line.startswith("#") for line in data.decode().splitlines())


if __name__ == "__main__":
    main("bench_plan", measure, django=False)
