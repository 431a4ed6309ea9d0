"""Write docs/states.md from the tables in orchestrator/engine/states.py: `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from orchestrator.engine import states  # noqa: E402 - run as a script, the checkout is not on the path yet
from orchestrator.engine.states import MACHINES, Machine  # noqa: E402

PAGE = ROOT / "docs" / "states.md"
HEAD = """# The tables

Made from `orchestrator/engine/states.py` by `make docs`; edit that file, not this one. What an event changes in its own
row beside the status is in `changes.py`, what follows from it in other rows in `couplings.py`, what each guard asks in
`guards.py`. A pair of status and event that is not here is refused, and nothing is changed. Where several rows have one
pair, the first whose guard holds is taken, in this order.
"""
NOUNS = {
    "run": "One execution of a plan.",
    "step": "One step of the plan in a run. `stage` is a second column, legal only in active and needs_decision.",
    "dispatch": "One attempt of one role on one step.",
    "candidate": "One try at landing a step: a commit that is checked, then swapped in.",
    "workspace": "One worktree.",
    "decision": "One question to a person.",
    "finding": "One thing a reviewer found.",
    "batch": "Up to three steps between two confirmations.",
}
SETS = "GAPS SETTLED MET LOST LIVE_DISPATCH LEASED_DISPATCH LIVE_CANDIDATE OPEN_DECISION RUN_OVER RUN_WORKS WORKING"

Row = tuple[str, str, str]
"""event, target, guard"""


def document() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_section(machine) for machine in MACHINES.values()), *_sets()])


def merged(machine: Machine) -> dict[Row, list[str]]:
    """The table with the statuses together that an event leads out of in the same way."""
    merged: dict[Row, list[str]] = {}
    for (source, event), rules in machine.table.items():
        for rule in rules:
            merged.setdefault((event, rule.target, rule.guard), []).append(source)
    return merged


def _section(machine: Machine) -> str:
    lines = [f"## {machine.name.capitalize()}", "", NOUNS[machine.name], "", *_diagram(machine), "", *_table(machine)]
    return "\n".join([*lines, ""])


def _diagram(machine: Machine) -> Iterator[str]:
    """One arrow per pair of statuses, with all events that lead along it."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for (source, event), rules in machine.table.items():
        for rule in rules:
            events = arrows.setdefault((source, rule.target), [])
            if event not in events:
                events.append(event)
    yield from ("```mermaid", "stateDiagram-v2")
    yield from (f"    [*] --> {status}" for status in machine.initial)
    yield from (f"    {source} --> {target}: {', '.join(events)}" for (source, target), events in arrows.items())
    yield from (f"    {status} --> [*]" for status in machine.statuses if status in machine.final)
    yield "```"


def _table(machine: Machine) -> Iterator[str]:
    yield from ("| from | event | to | if |", "|---|---|---|---|")
    for (event, target, guard), sources in merged(machine).items():
        yield f"| {', '.join(sources)} | {event} | {target} | {guard.replace('_', ' ')} |"


def _sets() -> Iterator[str]:
    order = [status for machine in MACHINES.values() for status in machine.statuses]
    yield from ("## Names for several statuses", "", "| name | statuses |", "|---|---|")
    for name in SETS.split():
        found = sorted(getattr(states, name), key=order.index)
        yield f"| {name} | {', '.join(found)} |"
    yield ""


if __name__ == "__main__":
    PAGE.write_text(document(), encoding="utf-8")
