"""A run in memory: the Source that the pure engine is driven on."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.engine.board import Board
from orchestrator.engine.policy import Policy, load_policy
from orchestrator.engine.rows import MACHINE_OF, BatchRow, DispatchRow, EdgeRow, FindingRow, Row, RunRow, StepRow
from orchestrator.engine.states import MET, OPEN_CANDIDATE, OPEN_DECISION
from orchestrator.engine.turn import turn

FRONTIER = {"ready", "active", "landing", "needs_decision"}


class Memory:
    """Holds the stored rows of one run and hands out boards, as the database does."""

    def __init__(self, steps: list[StepRow], edges: list[EdgeRow], policy: Policy | None = None) -> None:
        self.policy = policy or load_policy("blueprint").with_runner("anthropic_api").with_git("engine")
        met = {s.id for s in steps if s.status in MET}
        unmet = {s.id: sum(1 for e in edges if e.step == s.id and not e.waived and e.on not in met) for s in steps}
        steps = [replace(s, stages=self.policy.stages, unmet=unmet[s.id], unproven=s.items) for s in steps]
        unsettled = sum(1 for s in steps if s.status == "waiting")
        gaps = sum(1 for s in steps if s.status == "out_of_scope")
        run = RunRow(1, "awaiting_approval", unsettled=unsettled, gaps=gaps)
        self.rows: dict[tuple[str, int], Row] = {(MACHINE_OF[type(r)], r.id): r for r in [run, *steps, *edges]}
        self.log: list = []
        self.next_id = 1000
        self.now = 0.0

    # Source
    def row(self, machine, id):
        return self.rows[machine, id]

    def step_ids(self, keys):
        return [s.id for s in self.of(StepRow) if s.key in keys]

    def dependents(self, step):
        return [e for e in self.of(EdgeRow) if e.on == step]

    def dependencies(self, step):
        return [e for e in self.of(EdgeRow) if e.step == step]

    def findings(self, step):
        return [f for f in self.of(FindingRow) if f.step == step and f.status in ("open", "repeated", "disputed")]

    def waiting(self, after, limit):
        rows = [s for s in self.of(StepRow) if s.status == "waiting" and s.position > after]
        return sorted(rows, key=lambda s: s.position)[:limit]

    # the store
    def of(self, kind):
        return [row for row in self.rows.values() if isinstance(row, kind)]

    @property
    def run(self) -> RunRow:
        return self.of(RunRow)[0]

    def step(self, key) -> StepRow:
        return next(s for s in self.of(StepRow) if s.key == key)

    def board(self) -> Board:
        batches = {b.id for b in self.of(BatchRow) if b.status != "closed"}
        steps = {s.id for s in self.of(StepRow) if s.status in FRONTIER or s.batch in batches}
        kept = []
        for row in self.rows.values():
            name = MACHINE_OF[type(row)]
            if (
                name in ("run", "workspace", "finding")
                or (name == "batch" and row.status != "closed")
                or (name == "step" and row.id in steps)
                or (name == "dispatch" and (row.step in steps or row.status not in ("succeeded", "failed", "lost")))
                or (name == "candidate" and row.status in OPEN_CANDIDATE)
                or (name == "decision" and row.status in OPEN_DECISION)
            ):
                kept.append(row)
        return Board(self.policy, self.now, kept, self)

    def commit(self, board: Board) -> None:
        """Store what a board changed, giving new rows real ids, as the database does."""
        ids: dict[tuple[str, int], int] = {}
        for before, row in board.changed():
            if before is None:
                ids[MACHINE_OF[type(row)], row.id] = self.next_id
                self.next_id += 1
        for _, row in board.changed():
            name = MACHINE_OF[type(row)]
            row = replace(row, id=ids.get((name, row.id), row.id))
            if isinstance(row, StepRow) and row.batch is not None:
                row = replace(row, batch=ids.get(("batch", row.batch), row.batch))
            self.rows[name, row.id] = row
        self.log += board.log

    def do(self, act) -> None:
        """One transaction: act on a board, bring it to rest, store it."""
        board = self.board()
        act(board)
        turn(board)
        self.commit(board)

    def queued(self) -> DispatchRow | None:
        return next((d for d in self.of(DispatchRow) if d.status == "queued"), None)


def plan(*keys: str, depends: dict[str, list[str]] | None = None, groups: dict[str, str] | None = None, **kw) -> Memory:
    """A run whose steps have these keys, in order; `depends` maps a key to those it waits for."""
    items = kw.pop("items", {})
    done = kw.pop("done", ())
    steps = [
        StepRow(
            n + 10, k, title=k, position=n, group=(groups or {}).get(k, ""), items=items.get(k, 0),
            status="already_done" if k in done else "waiting",
        )
        for n, k in enumerate(keys)
    ]  # fmt: skip
    at = {s.key: s.id for s in steps}
    pairs = [(k, d) for k, ds in (depends or {}).items() for d in ds]
    edges = [EdgeRow(n + 500, at[k], at[d]) for n, (k, d) in enumerate(pairs)]
    return Memory(steps, edges, **kw)
