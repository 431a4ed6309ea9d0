"""Taking a queued dispatch: its lease, its base, and whether what was approved is still so."""

from __future__ import annotations

from orchestrator.engine.fire import fire
from orchestrator.engine.holder import me
from orchestrator.engine.receipts import mismatch
from orchestrator.engine.rows import DispatchRow, StepRow
from orchestrator.engine.schedule import may_claim
from orchestrator.engine.store import main_line
from orchestrator.engine.transitions import change
from orchestrator.models import Dispatch
from orchestrator.statements import Prepared, run

_SAVED = Prepared(lambda id: Dispatch.objects.filter(pk=id).order_by().values_list("tree", "base_oid"))


def claim(run_id: int, dispatch_id: int) -> int:
    """Take the lease and return its epoch, or 0 when it cannot be had. A dispatch whose approved leaves have changed
    is refused instead, which opens a card."""
    with change(run_id) as unit:
        row = unit.board.get(DispatchRow, dispatch_id)
        if row.status != "queued" or not may_claim(unit.board, row):
            return 0
        reasons = mismatch(run_id, unit.board.get(StepRow, row.step))
        if reasons:
            fire(unit.board, DispatchRow, row.id, "receipt_mismatch", reasons=reasons)
            return 0
        fire(unit.board, DispatchRow, row.id, "claimed")
        ((tree, earlier),) = run(_SAVED(dispatch_id))
        # What goes on from a saved tree keeps the base of that tree; landing merges, as for all work.
        base = earlier if tree else main_line(run_id)[1]
        unit.set(Dispatch, row.id, base_oid=base, holder=me(), beat=0)
        return row.epoch + 1
