"""Read a folder of plan files with expected answers (`make corpus CORPUS=folder`); say how much was read as expected.

Beside each plan `NAME` stands `NAME.expect.json` with `steps`: `id`, `title`, `done`, `depends_on`, `owner`, `checks`.
The folder that a plan stands in is its dialect. Then steps of each plan are marked, to hold marks to their promise.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from plans.dialects import DIALECTS
from plans.reading import read_plan
from plans.types import ParsedPlan, ParsedStep
from plans.writeback import mark_passed, without_marks

EXPECTED = ".expect.json"
MOST_MARKED = 20
Answer = dict[str, Any]
Pair = tuple[Answer, ParsedStep]

FIELDS: dict[str, Callable[[Answer, ParsedStep], bool]] = {
    "titles": lambda wanted, got: _plain(wanted["title"]) == _plain(got.title),
    "done": lambda wanted, got: bool(wanted["done"]) == got.done,
    "deps": lambda wanted, got: set(map(str, wanted["depends_on"])) == set(got.depends_on),
    "owner": lambda wanted, got: _plain(wanted.get("owner")) == _plain(got.owner),
    "checks": lambda wanted, got: (wanted.get("checks") or 0) == len(got.checks),
}


def main(folder: Path) -> int:
    """Print a row per dialect; 0 when every mark keeps its promise."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    broken = []
    for path in plans(folder):
        expected = json.loads(path.with_name(path.name + EXPECTED).read_text(encoding="utf-8"))
        plan = read_plan(path.read_bytes(), path.name)
        rows[path.parent.name] += scored(expected, plan, path.parent.name)
        broken += [f"{path.relative_to(folder)}: marking {key} {why}" for key, why in broken_promises(path)]
    for name, row in sorted(rows.items()):
        figures = (
            f"{what} {row[what] / row[f'of {what}']:.3f}" for what in ("steps", "dialect", *FIELDS) if row[f"of {what}"]
        )
        print(f"{name:12} {'  '.join(figures)}")
    print("\n".join(broken) or "every mark reads as that step done")
    return 1 if broken or not rows else 0


def plans(folder: Path) -> Iterator[Path]:
    for answer in sorted(folder.glob(f"*/*{EXPECTED}")):
        yield answer.with_name(answer.name.removesuffix(EXPECTED))


def scored(expected: Answer, plan: ParsedPlan, dialect: str) -> Counter[str]:
    """What was right and of how many, by name."""
    wanted = expected["steps"]
    pairs = list(paired(wanted, plan))
    total = len(wanted) + len(plan.steps)
    row = Counter({"steps": 2 * len(pairs) or int(not total), "of steps": total or 1})
    row += Counter({"dialect": int(not wanted or plan.dialect == dialect), "of dialect": 1})
    unsure = set(map(str, expected.get("status_conflicts") or [])) | twice(wanted)
    for name, is_right in FIELDS.items():
        for answer, step in pairs:
            if judged(name, answer, unsure, expected):
                row[f"of {name}"] += 1
                row[name] += is_right(answer, step)
    return row


def paired(wanted: list[Answer], plan: ParsedPlan) -> Iterator[Pair]:
    """Each expected step with the next that was read under its key."""
    by_key: dict[str, list[ParsedStep]] = defaultdict(list)
    for step in plan.steps:
        by_key[step.key].append(step)
    for answer in wanted:
        if by_key[str(answer["id"])]:
            yield answer, by_key[str(answer["id"])].pop(0)


def twice(wanted: list[Answer]) -> set[str]:
    return {key for key, count in Counter(str(answer["id"]) for answer in wanted).items() if count > 1}


def judged(name: str, answer: Answer, unsure: set[str], expected: Answer) -> bool:
    if name == "done":
        return answer.get("done") is not None and str(answer["id"]) not in unsure
    return name != "deps" or (answer.get("depends_on") is not None and not expected.get("is_template"))


def broken_promises(path: Path) -> Iterator[tuple[str, str]]:
    """(step, what is wrong) of marks that change more, or less, than they say."""
    data = path.read_bytes()
    before = read_plan(data, path.name)
    keys = [step.key for step in before.steps]
    for step in [step for step in before.steps if keys.count(step.key) == 1][:MOST_MARKED]:
        marked = mark_passed(data, step.key, path.name)
        after = read_plan(marked, path.name)
        if marked == data and (step.done or before.dialect in ("milestone", "spec")):
            continue
        if told(after) != told(with_done(before, step.key)):
            yield step.key, f"({DIALECTS[before.dialect].mark}) does not read as that step done"
        if without_marks(marked, path.name) != without_marks(data, path.name):
            yield step.key, "changes what the plan says"


def told(plan: ParsedPlan) -> list[Any]:
    return [(s.key, s.title, s.depends_on, s.done, [(c.text, c.done) for c in s.checks]) for s in plan.steps]


def with_done(plan: ParsedPlan, key: str) -> ParsedPlan:
    done = [replace(s, done=True, checks=tuple(replace(c, done=True) for c in s.checks)) for s in plan.steps]
    return replace(plan, steps=tuple(new if old.key == key else old for old, new in zip(plan.steps, done, strict=True)))


def _plain(text: str | None) -> str:
    return "".join(char for char in (text or "").lower() if char.isascii() and char.isalnum())[:40]


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("Name the folder: make corpus CORPUS=folder")
    sys.exit(main(Path(sys.argv[1])))
