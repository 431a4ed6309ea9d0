"""Each guard with its examples, and what it found in each: `make guards`. Exit 1 where a row does not hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from agents.guards import GUARDS, SEVERITY
from tests.unit.agents.guards.diffs import Example
from tests.unit.agents.guards.examples import everything


def main() -> int:
    tables = everything()
    held = [_table(guard, name, rows) for (guard, name), rows in tables.items()]
    rows = sum(map(len, tables.values()))
    print(f"{len(GUARDS)} guards, {sum(map(len, SEVERITY.values()))} kinds of findings, {rows} examples")
    return 0 if all(held) else 1


def _table(guard: str, name: str, rows: Sequence[Example]) -> bool:
    print(f"\n{guard}" + (f" ({name})" if name else ""))
    lines = [_line(guard, row) for row in rows]
    for holds, text in lines:
        print(f"  {'ok ' if holds else 'NOT'}  {text}")
    return all(holds for holds, _ in lines)


def _line(guard: str, row: Example) -> tuple[bool, str]:
    found = {hit.code for hit in GUARDS[guard](row.case)}
    weights = ", ".join(_weighed(guard, found)) or "–"
    return found == row.fires, f"{row.name:<48} {weights}"


def _weighed(guard: str, codes: set[str]) -> Iterator[str]:
    return (f"{code} ({SEVERITY[guard][code]})" for code in sorted(codes))


if __name__ == "__main__":
    sys.exit(main())
