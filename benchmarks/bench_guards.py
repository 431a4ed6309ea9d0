"""All guards on a diff of 5,000 lines, against reading that diff into values alone."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from agents.claims import Claims, FileClaim
from agents.guards import Case, Pattern, Scope, inspect
from agents.workspaces.differences import differences, parsed, printed, sides
from agents.workspaces.hub import Hub
from agents.workspaces.types import Person
from benchmarks.harness import Figure, Scale, main

_CODE = '''"""Bell {n}."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Bell{n}:
    weight: float
    sound: str = "ting"

    def ring(self, times: int) -> str:
        if times < 0:
            raise ValueError("a bell rings forwards")
        return " ".join([self.sound] * times)


'''
_TESTS = """

def test_it_rings_{n}():
    bell = Bell{n}(weight=2.5)
    assert bell.ring({n}) == "ting " * {n}
    assert bell.weight == pytest.approx(2.5)


@pytest.mark.parametrize("times, sound", [(0, ""), (1, "ting"), (2, "ting ting")])
def test_it_rings_as_often_{n}(times, sound):
    assert Bell{n}(1.0).ring(times) == sound
"""
_SCRIPT = """
  it("shows bell {n}", () => {{
    const shown = render(<Bell number={{{n}}} />);
    expect(shown.text()).toBe("bell {n}");
    expect(shown.find("b").length).toEqual(1);
  }});
"""
_KINDS = (
    ("src/bells_{}.py", "", _CODE, ""),
    ("docs/bells_{}.md", "# Bells\n", "\nBell {n} weighs {n} kg and says ting.\n", ""),
    ("tests/test_bells_{}.py", "import pytest\n", _TESTS, ""),
    ("web/bells_{}.test.tsx", 'describe("bells", () => {', _SCRIPT, "});\n"),
)
_SHARES = (110, 700, 120, 80)
"""Parts of each kind that change, which come to 5,000 lines: a third code, a quarter prose, the rest tests."""


def measure(scale: Scale) -> list[Figure]:
    """One figure: all guards, on one thread."""
    with tempfile.TemporaryDirectory(prefix="signalbox-bench-hub-") as folder:
        hub, older, newer = _two_trees(Path(folder), scale)
        diff = differences(hub, older, newer)
        old, new = (dict(side) for side in sides(hub, older, newer, diff))
        shown = printed(hub, older, newer).out
    lines = sum(len(file.added) + len(file.removed) for file in diff.files)
    scope = Scope(declared=("src/**", "tests/**", "web/**"), lists_files=True, plans=("PLAN.md",),
                  forbidden=(Pattern(r"\bdatetime\.utcnow\b"), Pattern(r"^\s*print\(")))  # fmt: skip
    case = Case(diff, scope, Claims(tuple(FileClaim(file.path) for file in diff.files)), "feat: add bells\n", old, new)
    assert not [found for found in inspect(case) if found.severity == "blocking"]
    times = scale.of(15, 1)
    taken = min(_processor(lambda: inspect(case)) for _ in range(times))
    bare = min(_processor(lambda: parsed(shown)) for _ in range(times))
    counted = f"{len(diff.files)} files that double, tests of pytest and vitest among them, two forbidden patterns; "
    counted += "the processor's time, the best of 15; not git's"
    what = f"all guards on a diff of {lines:,} lines"
    return [Figure(what, taken, "ms", counted, 50, "reading what git printed", bare)]


def _processor(act: Callable[[], object]) -> float:
    """Milliseconds of the processor, which others on the machine take no part of."""
    begun = time.process_time()
    act()
    return (time.process_time() - begun) * 1000


def _two_trees(folder: Path, scale: Scale) -> tuple[Hub, str, str]:
    hub = Hub(folder / "hub.git").ensure()
    empty = hub.git.run("mktree").text
    who = Person("Ada", "ada@example.org")
    found = []
    for grown in (False, True):
        tree = hub.with_files(empty, dict(_files(scale, grown)))
        found.append(hub.commit(tree, (), "bells\n", who, who, datetime.now(UTC)))
    return hub, found[0], found[1]


def _files(scale: Scale, grown: bool) -> Iterator[tuple[str, bytes]]:
    """Ten files of each kind; the newer side has twice as many parts."""
    for (path, head, part, tail), share in zip(_KINDS, _SHARES, strict=True):
        each = max(1, scale.of(share, 10) // 10)
        for number in range(10):
            parts = "".join(part.format(n=n) for n in range(each * (2 if grown else 1)))
            yield path.format(number), f"{head}{parts}{tail}".encode()


if __name__ == "__main__":
    main("bench_guards", measure, django=False)
