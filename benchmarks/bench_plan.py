"""Reading, linting and compiling plans of up to 100,000 steps, against a loop that only looks at each line.

Times are processor time and the best of several: other work on the machine makes a process wait, not count.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import chains
from benchmarks.harness import ROOT, Figure, Scale, main
from plans.types import ParsedPlan

SHORT = "### Step {n}: Add part {n}\n\n**Objective**: Part {n}.\n{needs}\n- [ ] It is there — `test -f part{n}`.\n\n"
LINE_LOOP = "a loop over its lines"


def measure(scale: Scale) -> list[Figure]:
    return [*_large(scale), *_growth(scale), _command(scale)]


def _large(scale: Scale) -> Iterator[Figure]:
    """A plan of 5 MB: read and linted, compiled, and the memory that this takes."""
    from plans.lint import lint
    from plans.reading import read_plan

    steps, times = scale.of(10_000, 20), scale.of(9, 1)
    text = chains.plan(steps).replace("Make it.", "Make it. " + "It has to hold when it rains. " * 7)
    data = text.encode()
    parsed = read_plan(data, "PLAN.md")
    assert len(parsed.steps) == steps
    bare = best(times, lambda: _headings(data))
    size = f"{len(data) / 1e6:.1f} MB"
    taken = best(times, lambda: lint(read_plan(data, "PLAN.md")))
    counted = f"{size} from bytes to steps, checks, dependencies and problems; processor time, best of {times}"
    yield Figure(f"plan of {steps:,} steps read and linted", taken, "s", counted, 0.5, LINE_LOOP, bare)
    counted = (
        f"{size}, read before: order, hash of the text without marks, a row with its hashes for each step; no database"
    )
    taken = best(times, lambda: _compiled(data, parsed))
    yield Figure(f"plan of {steps:,} steps compiled", taken, "s", counted, 0.5, LINE_LOOP, bare)
    marked = data.replace(b"### Step", "### ✅ Step".encode(), steps // 2).replace(b"- [ ]", b"- [x]", steps // 2)
    half = read_plan(marked, "PLAN.md")
    assert sum(step.done for step in half.steps) == steps // 2
    taken = best(times, lambda: _compiled(marked, half))
    yield Figure(f"plan of {steps:,} steps, half of them done, compiled", taken, "s", counted, 0.5, LINE_LOOP, bare)
    peak = _peak(lambda: lint(read_plan(data, "PLAN.md"))) / len(data)
    yield Figure(
        "memory to read and lint that plan", peak, "x", "the highest that tracemalloc sees, by the file's size", 20
    )


def _compiled(data: bytes, parsed: ParsedPlan) -> object:
    from plans import intake
    from plans.graph import waves
    from plans.models import Plan

    return waves(parsed.steps), intake.meaning({"PLAN.md": data}, "", parsed), intake.rows(Plan(), parsed)


def _growth(scale: Scale) -> Iterator[Figure]:
    """Whether a plan of ten times as many steps takes ten times as long."""
    from plans.lint import lint
    from plans.reading import read_plan

    taken = {}
    for steps in (scale.of(1_000, 10), scale.of(10_000, 20), scale.of(100_000, 40)):
        data = _short_plan(steps)
        assert len(read_plan(data, "PLAN.md").steps) == steps
        taken[steps] = best(scale.of(3, 1), lambda data=data: lint(read_plan(data, "PLAN.md")))
        counted = "short steps, read and linted; processor time of all by their number, best of 3"
        yield Figure(f"a short step in a plan of {steps:,}", 1e6 * taken[steps] / steps, "µs", counted)
    _, middle, most = taken
    counted = "times as long for ten times as many short steps"
    yield Figure(f"{most:,} short steps against {middle:,}", taken[most] / taken[middle], "x", counted, 13)


def _command(scale: Scale) -> Figure:
    """`plan lint` as people and hooks call it."""
    with tempfile.TemporaryDirectory(prefix="signalbox-bench-lint-") as folder:
        file = Path(folder) / "PLAN.md"
        file.write_text(chains.plan(20), encoding="utf-8")
        lint = [sys.executable, str(ROOT / "manage.py"), "plan", "lint", str(file)]
        taken = _process(scale, lint)
        bare = _process(scale, [sys.executable, "-c", ""])
    counted = "`manage.py plan lint` of 20 steps: processor time of the process, best of 5"
    return Figure("plan lint as a command", taken, "s", counted, 0.4, "python that does nothing", bare)


def best(times: int, act: Callable[[], object]) -> float:
    """The least processor time that one call takes."""
    return min(map(_seconds, [act] * times))


def _seconds(act: Callable[[], object]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def _process(scale: Scale, argv: list[str]) -> float:
    taken = []
    for _ in range(scale.of(5, 1)):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(argv, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return min(taken)


def _peak(act: Callable[[], object]) -> int:
    tracemalloc.start()
    act()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _short_plan(steps: int) -> bytes:
    needs = ["", *[f"\n**Depends on**: Step {n}\n" for n in range(1, steps)]]
    return ("# Parts\n\n" + "".join(SHORT.format(n=n, needs=text) for n, text in enumerate(needs, 1))).encode()


def _headings(data: bytes) -> int:
    return sum(line.startswith("#") for line in data.decode().splitlines())


if __name__ == "__main__":
    main("bench_plan", measure)
