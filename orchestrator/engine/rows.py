"""The rows of one run as frozen values: what the pure half of the engine sees and returns.

Ids are database keys; a negative id is a row made in the present unit of work and not yet stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class RunRow:
    """`unsettled` counts plan steps that are not settled; `gaps` those settled without proof of completion."""

    id: int
    status: str = "draft"
    pause_reason: str = ""
    pause_after: str = ""
    unsettled: int = 0
    gaps: int = 0
    batches: int = 0


@dataclass(frozen=True, slots=True)
class StepRow:
    """`stage` is legal only in active and needs_decision. `waived` names the stages a person accepted a gap in.

    `items` counts verification items that name no command, `unproven` those of them that no named proof and no
    person has answered for the present work. `rechecks` counts how often a person sent the work of this round
    through its checks again. `unmet` counts dependencies, edges waived aside, that have not landed.
    """

    id: int
    key: str
    title: str = ""
    position: int = 0
    group: str = ""
    stages: tuple[str, ...] = ("build", "review", "verify")
    status: str = "waiting"
    stage: str = ""
    round: int = 1
    unmet: int = 0
    items: int = 0
    unproven: int = 0
    rechecks: int = 0
    batch: int | None = None
    waived: tuple[str, ...] = ()
    blocked_by: str = ""

    @property
    def in_plan(self) -> bool:
        return not self.key.startswith("~")


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """`step` depends on `on`. A waived edge is a person's "run anyway" and counts for nothing."""

    id: int
    step: int
    on: int
    waived: bool = False


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch's keys are fixed when it opens. status: open · failed (a step failed, no further one starts) · closed."""

    id: int
    number: int
    steps: tuple[int, ...] = ()
    status: str = "open"


@dataclass(frozen=True, slots=True)
class DispatchRow:
    """One attempt of one role on one step. `stop` tells its holder to end: park or cancel; `noted` is what a
    stopping dispatch will become."""

    id: int
    step: int
    role: str
    runner: str = "anthropic_api"
    round: int = 1
    rechecks: int = 0
    attempt: int = 1
    status: str = "queued"
    epoch: int = 0
    stop: str = ""
    noted: str = ""
    infra: int = 0
    lost: int = 0
    asked_again: bool = False
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class CandidateRow:
    id: int
    step: int
    line: int = 0
    status: str = "queued"
    epoch: int = 0
    stale: int = 0


@dataclass(frozen=True, slots=True)
class WorkspaceRow:
    id: int
    step: int
    dispatch: int | None = None
    status: str = "preparing"


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A question to a person. `subjects` are step ids; an empty tuple means the run itself is the subject.

    `due` is the second (of the snapshot's clock) at which an armed answer fires.
    """

    id: int
    kind: str
    status: str = "open"
    version: int = 1
    subjects: tuple[int, ...] = ()
    options: tuple[str, ...] = ()
    option: str = ""
    due: float = 0.0
    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FindingRow:
    id: int
    step: int
    round: int = 1
    severity: str = "blocking"
    identity: str = ""
    status: str = "open"
    last_round: int = 1
    times: int = 1
    closed_round: int = 0
    decision: int = 0


Row = RunRow | StepRow | EdgeRow | BatchRow | DispatchRow | CandidateRow | WorkspaceRow | DecisionRow | FindingRow

MACHINE_OF: dict[type, str] = {
    RunRow: "run",
    StepRow: "step",
    DispatchRow: "dispatch",
    CandidateRow: "candidate",
    WorkspaceRow: "workspace",
    DecisionRow: "decision",
    FindingRow: "finding",
    BatchRow: "batch",
    EdgeRow: "edge",
}
