"""What the guards find: each in its examples, and all of them, with jail, checks and review, in plays of whole steps
through the engine: `make guards`. Exit 1 where a row does not hold."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agents.guards import GUARDS, SEVERITY
from tests.unit.agents.guards.diffs import Example
from tests.unit.agents.guards.examples import everything

if TYPE_CHECKING:
    from tests.integration.plays.play import Play
    from tests.integration.plays.theatre import Theatre


def main() -> int:
    """Arguments are words of the plays to be played; none: all of them, after the examples."""
    wanted = sys.argv[1:]
    held = [] if wanted else [_examples()]
    with tempfile.TemporaryDirectory(prefix="signalbox-guards-") as folder:
        held.append(_plays(Path(folder), wanted))
    return 0 if all(held) else 1


# -- examples: one guard, one diff ----------------------------------------------------------------------------------


def _examples() -> bool:
    tables = everything()
    held = [_table(guard, name, rows) for (guard, name), rows in tables.items()]
    rows = sum(map(len, tables.values()))
    print(f"{len(GUARDS)} guards, {sum(map(len, SEVERITY.values()))} kinds of findings, {rows} examples")
    return all(held)


def _table(guard: str, name: str, rows: Sequence[Example]) -> bool:
    print(f"\n{guard}" + (f" ({name})" if name else ""))
    lines = [_line(guard, row) for row in rows]
    for holds, text in lines:
        print(f"  {_sign(holds)}  {text}")
    return all(holds for holds, _ in lines)


def _line(guard: str, row: Example) -> tuple[bool, str]:
    found = {hit.code for hit in GUARDS[guard](row.case)}
    weights = ", ".join(_weighed(guard, found)) or "–"
    return found == row.fires, f"{row.name:<48} {weights}"


def _weighed(guard: str, codes: set[str]) -> Iterator[str]:
    return (f"{code} ({SEVERITY[guard][code]})" for code in sorted(codes))


def _sign(holds: bool) -> str:
    return "ok " if holds else "NOT"


# -- plays: whole steps through the engine --------------------------------------------------------------------------


def _plays(folder: Path, wanted: Sequence[str]) -> bool:
    """Both tables, played in a data folder of their own."""
    _set_up(folder)
    from tests.integration.plays.examples.feigned import FEIGNED
    from tests.integration.plays.examples.honest import HONEST_PLAYS
    from tests.integration.plays.theatre import theatre

    began = time.monotonic()
    with theatre(folder, (*FEIGNED, *HONEST_PLAYS)) as stage:
        held = [
            _acts(stage, "feigned work, and what gave it away", FEIGNED, wanted),
            _acts(stage, "honest work that looks odd", HONEST_PLAYS, wanted),
        ]
    print(f"\n{len(stage.plays)} plays, {time.monotonic() - began:.0f} s")
    return all(held)


def _set_up(folder: Path) -> None:
    os.environ.update(DJANGO_SETTINGS_MODULE="orchestrator.settings", SIGNALBOX_DATA=str(folder))
    os.environ.pop("DATABASE_URL", None)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def _acts(stage: Theatre, title: str, plays: Sequence[Play], wanted: Sequence[str]) -> bool:
    print(f"\n{title}")
    held = [_act(stage, play) for play in plays if not wanted or any(word in play.name for word in wanted)]
    return all(held)


def _act(stage: Theatre, play: Play) -> bool:
    ending = stage.play(play)
    holds = ending.as_told(play)
    gave_away = ", ".join(sorted(ending.gave_away)) if ending.status == "needs_decision" else ending.status
    print(f"  {_sign(holds)}  {play.name:<52} {gave_away:<16} {ending.words[:150]}", flush=True)
    return holds


if __name__ == "__main__":
    sys.exit(main())
