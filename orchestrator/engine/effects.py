"""What an answer would do. Computed by doing it on a copy of the board with the very code that does it."""

from __future__ import annotations

from typing import Any

from orchestrator.engine.board import Board, Fired
from orchestrator.engine.fire import fire
from orchestrator.engine.rows import DecisionRow, EdgeRow, StepRow
from orchestrator.engine.states import LIVE_DISPATCH
from orchestrator.engine.turn import turn

Consequences = dict[str, Any]


def consequences(board: Board, decision: int, option: str, args: dict[str, Any]) -> Consequences:
    """The consequences of an option, JSON-serialisable and equal for equal boards.

    steps: {key: [from, to]} · blocked: [[key, through]] · starts: roles that are planned · resumes: roles that go on in
    their own conversation · stops: live dispatches that end · run: the run's new status, or "" · batch: what happens to
    the open batch, or "" · opens: keys of the batch that opens · asks: kinds of cards that open · waived: keys that run
    although their dependency is skipped.
    """
    copy = board.copy()
    rest = {name: value for name, value in args.items() if name not in ("option", "at_once")}
    fire(copy, DecisionRow, decision, "decided", option=option, at_once=True, **rest)
    turn(copy)
    return _read(board, copy)


def _read(before: Board, after: Board) -> Consequences:
    steps: dict[str, list[str]] = {}
    for fired in after.log:
        if fired.machine == "step":
            row = after.get(StepRow, fired.id)
            steps.setdefault(row.key, [fired.before, ""])[1] = row.status
    blocked = [(row.key, row.blocked_by) for row in after.all(StepRow) if row.status == "blocked" and row.key in steps]
    return {
        "steps": {key: pair for key, pair in steps.items() if pair[0] != pair[1] or pair[1] in ("active", "landing")},
        "blocked": [list(pair) for pair in sorted(blocked)],
        "starts": [_role(after, fired) for fired in after.log if fired.event == "planned"],
        "resumes": [_role(after, fired) for fired in after.log if (fired.machine, fired.event) == _ANSWERED],
        "stops": _stopped(after),
        "run": after.run.status if after.run.status != before.run.status else "",
        "batch": next((fired.after for fired in reversed(after.log) if fired.machine == "batch"), ""),
        "opens": next((fired.args["steps"] for fired in after.log if (fired.machine, fired.event) == _BEGUN), []),
        "asks": [fired.args.get("kind", "") for fired in after.log if (fired.machine, fired.event) == _OPENED],
        "waived": [after.get(StepRow, edge).key for edge in _waived(after)],
    }


_OPENED = ("decision", "opened")
_ANSWERED = ("dispatch", "answered")
_BEGUN = ("batch", "opened")


def _role(board: Board, fired: Fired) -> list[str]:
    row: Any = board.rows["dispatch", fired.id]
    return [board.get(StepRow, row.step).key, row.role]


def _stopped(after: Board) -> int:
    return sum(1 for f in after.log if f.machine == "dispatch" and f.before in LIVE_DISPATCH and f.event == "cancel")


def _waived(after: Board) -> list[int]:
    return sorted(now.step for _, now in after.changed() if isinstance(now, EdgeRow) and now.waived)
