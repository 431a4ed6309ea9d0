"""Let one event happen to one row, as the tables say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestrator.engine.board import Board, Fired, R
from orchestrator.engine.changes import CHANGES
from orchestrator.engine.guards import GUARDS
from orchestrator.engine.rows import MACHINE_OF
from orchestrator.engine.states import MACHINES
from orchestrator.exceptions import IllegalTransition


def fire(board: Board, kind: type[R], id: int, event: str, /, **args: Any) -> str:
    """Change the row's status and columns, log the event, return the new status.

    Raises IllegalTransition when the tables have no rule for it; then nothing was changed.
    """
    row = board.get(kind, id)
    machine = MACHINE_OF[kind]
    before: str = getattr(row, "status")  # noqa: B009 - every kind with a machine has one
    rules = MACHINES[machine].table.get((before, event), ())
    rule = next((r for r in rules if not r.guard or GUARDS[r.guard](board, row, args)), None)
    if rule is None:
        raise IllegalTransition(f"A {machine} that is {before.replace('_', ' ')} cannot take '{event}' now.")
    change = CHANGES.get((machine, event), {})
    columns = change(board, row, args) if callable(change) else change
    board.put(replace(row, **{"status": rule.target, **columns}))
    board.record(Fired(machine, id, event, before, rule.target, args))
    return rule.target


def allows(board: Board, kind: type[R], id: int, event: str, /, **args: Any) -> bool:
    """Whether `fire` would find a rule."""
    row = board.get(kind, id)
    machine = MACHINE_OF[kind]
    rules = MACHINES[machine].table.get((getattr(row, "status"), event), ())  # noqa: B009
    return any(not r.guard or GUARDS[r.guard](board, row, args) for r in rules)
