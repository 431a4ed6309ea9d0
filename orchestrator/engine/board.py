"""One unit of work over a run's rows, and the log of what happened in it.

The board is pure: rows it has not been given come from a `Source`, which is a memory in the property tests and the
database in `store.py`. Events change nothing but the board; whoever made it writes `changed` and `log`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeVar

from orchestrator.engine.policy import Policy
from orchestrator.engine.rows import (
    MACHINE_OF,
    BatchRow,
    CandidateRow,
    DecisionRow,
    DispatchRow,
    EdgeRow,
    FindingRow,
    Row,
    RunRow,
    StepRow,
    WorkspaceRow,
)
from orchestrator.engine.states import OPEN_CANDIDATE, OPEN_DECISION, OPEN_DISPATCH

Key = tuple[str, int]
R = TypeVar("R", bound=Row)


class Source(Protocol):
    """Rows of the run that are not on the board yet."""

    def row(self, machine: str, id: int) -> Row: ...

    def step_ids(self, keys: Sequence[str]) -> Sequence[int]: ...

    def dependents(self, step: int) -> Sequence[EdgeRow]:
        """The edges whose `on` is this step."""
        ...

    def dependencies(self, step: int) -> Sequence[EdgeRow]:
        """The edges whose `step` is this step."""
        ...

    def findings(self, step: int) -> Sequence[FindingRow]:
        """The findings on a step that are open, repeated or disputed."""
        ...

    def waiting(self, after: int, limit: int) -> Sequence[StepRow]:
        """Stored waiting steps with a position over `after`, in plan order, at most `limit`."""
        ...


@dataclass(frozen=True, slots=True)
class Fired:
    """One event that happened to one row; becomes one stored event. `before` is "" for a new row."""

    machine: str
    id: int
    event: str
    before: str
    after: str
    args: dict[str, Any] = field(default_factory=dict)


class Board:
    """`rows` must hold the run and its frontier: open dispatches, candidates and decisions, open batches with their
    steps, steps that are ready, active, landing or in need of a decision, and workspaces not yet removed."""

    PAGE = 50

    def __init__(self, policy: Policy, now: float, rows: Iterable[Row], source: Source) -> None:
        self.policy = policy
        self.now = now
        self.source = source
        self.rows: dict[Key, Row] = {(MACHINE_OF[type(row)], row.id): row for row in rows}
        self._sorted: dict[type, list[Any]] = {}
        self.stored: dict[Key, Row] = dict(self.rows)
        self.log: list[Fired] = []
        self.pending: deque[Fired] = deque()
        self._next_id = -1

    def copy(self) -> Board:
        """A board of its own with the same rows and an empty log, for asking "what if"."""
        other = Board(self.policy, self.now, self.rows.values(), self.source)
        other._next_id = self._next_id
        return other

    # -- reading -------------------------------------------------------------------------------------------------

    @property
    def run(self) -> RunRow:
        return next(self.all(RunRow))

    def get(self, kind: type[R], id: int) -> R:
        """The row as it stands now in this unit of work."""
        key = (MACHINE_OF[kind], id)
        if key not in self.rows:
            self.stored[key] = self.source.row(*key)
            self.put(self.stored[key])
        row = self.rows[key]
        assert isinstance(row, kind)
        return row

    def all(self, kind: type[R]) -> Iterator[R]:
        """The rows of a kind that are on the board, oldest first (new ones, with negative ids, last)."""
        if kind not in self._sorted:
            found = [row for row in self.rows.values() if isinstance(row, kind)]
            self._sorted[kind] = sorted(found, key=lambda row: (row.id < 0, abs(row.id)))
        return iter(self._sorted[kind])

    def dispatch_of(self, step: int) -> DispatchRow | None:
        """The one dispatch of a step that is not final, or None."""
        return next((d for d in self.all(DispatchRow) if d.step == step and d.status in OPEN_DISPATCH), None)

    def candidate_of(self, step: int) -> CandidateRow | None:
        """The one candidate of a step that is not final, or None."""
        return next((c for c in self.all(CandidateRow) if c.step == step and c.status in OPEN_CANDIDATE), None)

    def decisions_on(self, step: int | None) -> list[DecisionRow]:
        """Open and armed decisions about a step, or about the run itself for None."""
        wanted = () if step is None else (step,)
        return [
            d
            for d in self.all(DecisionRow)
            if d.status in OPEN_DECISION and (d.subjects == wanted or (step is not None and step in d.subjects))
        ]

    def open_decisions(self) -> list[DecisionRow]:
        return [d for d in self.all(DecisionRow) if d.status in OPEN_DECISION]

    def open_batch(self) -> BatchRow | None:
        return next((b for b in self.all(BatchRow) if b.status != "closed"), None)

    def workspaces_of(self, step: int) -> list[WorkspaceRow]:
        return [w for w in self.all(WorkspaceRow) if w.step == step]

    def dependents(self, step: int) -> list[EdgeRow]:
        """The edges that wait for this step, as they stand in this unit of work."""
        return [self._known(edge) for edge in self.source.dependents(step)]

    def dependencies(self, step: int) -> list[EdgeRow]:
        """The edges on which this step waits, as they stand in this unit of work."""
        return [self._known(edge) for edge in self.source.dependencies(step)]

    def waiting(self) -> Iterator[StepRow]:
        """All waiting steps in plan order, read a page at a time."""
        after = -1
        while True:
            page = self.source.waiting(after, self.PAGE)
            last = page[-1].position if len(page) == self.PAGE else None
            here = {row.id: row for row in page if ("step", row.id) not in self.rows}
            for row in self.all(StepRow):
                if row.status == "waiting" and row.position > after and (last is None or row.position <= last):
                    here[row.id] = row
            yield from sorted(here.values(), key=lambda row: row.position)
            if last is None:
                return
            after = last

    def steps_by_key(self, keys: Sequence[str]) -> list[StepRow]:
        """The steps with these keys, in the order of the source; unknown keys are left out."""
        return [self.get(StepRow, id) for id in self.source.step_ids(keys)]

    def _known(self, edge: EdgeRow) -> EdgeRow:
        if ("edge", edge.id) not in self.rows:
            self.stored["edge", edge.id] = edge
            self.put(edge)
        return self.get(EdgeRow, edge.id)

    # -- changing ------------------------------------------------------------------------------------------------

    def put(self, row: Row) -> None:
        """Change a row's columns; a status changes by `fire.fire` alone."""
        self.rows[MACHINE_OF[type(row)], row.id] = row
        self._sorted.pop(type(row), None)

    def add(self, row: R, event: str, **args: Any) -> R:
        """Put a new row on the board. Its id is negative until it is stored."""
        new = replace(row, id=self._next_id)
        self._next_id -= 1
        machine = MACHINE_OF[type(new)]
        self.put(new)
        self.record(Fired(machine, new.id, event, "", getattr(new, "status", ""), args))
        return new

    def record(self, fired: Fired) -> None:
        """Log an event; what it leads to is followed by `couplings.drain`."""
        self.log.append(fired)
        self.pending.append(fired)

    # -- what to write -------------------------------------------------------------------------------------------

    def changed(self) -> list[tuple[Row | None, Row]]:
        """(stored, now) of every row that differs from what is stored; stored is None for a new row."""
        pairs = [(self.stored.get(key), row) for key, row in self.rows.items()]
        return [(before, now) for before, now in pairs if before is not now and before != now]
