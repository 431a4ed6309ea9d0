"""Short words for what workers and people do to a run in memory."""

from __future__ import annotations

from orchestrator.engine.fire import fire
from orchestrator.engine.rows import CandidateRow, DecisionRow, DispatchRow, RunRow
from orchestrator.engine.states import OPEN_CANDIDATE, OPEN_DECISION
from tests.unit.engine.memory import Memory


def approve(memory: Memory) -> None:
    memory.do(lambda b: fire(b, RunRow, 1, "approve"))


def work(memory: Memory, event: str = "reported", **args) -> None:
    """Claim the one queued dispatch and let it end with `event`."""
    id = memory.queued().id
    memory.do(lambda b: fire(b, DispatchRow, id, "claimed"))
    if memory.rows["dispatch", id].status == "preparing":
        memory.do(lambda b: fire(b, DispatchRow, id, "ready"))
    memory.do(lambda b: fire(b, DispatchRow, id, event, **args))


def candidate(memory: Memory) -> CandidateRow:
    return next(c for c in memory.of(CandidateRow) if c.status in OPEN_CANDIDATE)


def land(memory: Memory, *events: str) -> None:
    """Take the one open candidate through its table; all green by default."""
    id = candidate(memory).id
    for event in events or ("claimed", "built", "green", "swapped"):
        memory.do(lambda b, e=event: fire(b, CandidateRow, id, e))


def pass_step(memory: Memory) -> None:
    """Build, review and land the step that is under way."""
    work(memory)
    while memory.queued() is not None and not any(c.status in OPEN_CANDIDATE for c in memory.of(CandidateRow)):
        work(memory)
    land(memory)


def cards(memory: Memory) -> list[DecisionRow]:
    return [d for d in memory.of(DecisionRow) if d.status in OPEN_DECISION]


def decide(memory: Memory, option: str, *, kind: str | None = None, **answer) -> None:
    card = next(d for d in cards(memory) if kind in (None, d.kind))
    memory.do(lambda b: fire(b, DecisionRow, card.id, "decided", option=option, at_once=True, **answer))
