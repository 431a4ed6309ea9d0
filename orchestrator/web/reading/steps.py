"""One step of a run: its stages, its attempts, what was claimed beside what was found, its criteria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from agents.claims import Row, rows
from agents.exceptions import AgentsError
from agents.workspaces.differences import differences
from agents.workspaces.types import FileChange
from orchestrator.engine.ground import Ground
from orchestrator.engine.policy import ROLE_OF_STAGE
from orchestrator.engine.screening import claims_of
from orchestrator.models import Candidate, Dispatch, Finding, RunStep
from orchestrator.web.reading.signs import Sign, dispatch_sign, verdict_sign

STAGE_NAMES = {"build": "Build", "review": "Review", "prove": "Name proofs", "verify": "Verify"}


@dataclass(frozen=True, slots=True)
class Stop:
    """One stage on the step's way. `work` is the dispatch or candidate behind it, where there is one."""

    name: str
    sign: Sign
    who: str
    dispatch: Dispatch | None = None
    candidate: Candidate | None = None


@dataclass(frozen=True, slots=True)
class Criterion:
    text: str
    sign: Sign
    note: str


def stops(step: RunStep) -> list[Stop]:
    """Build → review → verify as they stand in the present round."""
    dispatches = list(step.dispatches.order_by("id"))
    latest: dict[str, Dispatch] = {}
    for dispatch in dispatches:
        if dispatch.round == step.round:
            latest[dispatch.role] = dispatch
    candidate = step.candidates.order_by("-id").first()
    at = step.stages.index(_stage(step)) if _stage(step) in step.stages else -1
    return [_stop(step, number, stage, at, latest, candidate) for number, stage in enumerate(step.stages)]


def _stage(step: RunStep) -> str:
    return "verify" if step.status == "landing" else step.stage


def _stop(
    step: RunStep, number: int, stage: str, at: int, latest: Mapping[str, Dispatch], candidate: Candidate | None
) -> Stop:
    dispatch = latest.get(ROLE_OF_STAGE.get(stage, ""))
    mine = candidate if stage == "verify" else None
    who = _who(dispatch) if dispatch else "checks on the candidate" if stage == "verify" else ""
    return Stop(STAGE_NAMES.get(stage, stage), _stop_sign(step, number, at, dispatch, mine), who, dispatch, mine)


_BUILT = Sign("circle-check", "passed", "handed in")
_PASSED = Sign("circle-check", "passed", "passed")
_GAP = Sign("badge-check", "passed", "gap accepted", "ringed")
_ASKED = Sign("hand", "needs", "needs a decision")
_NOT_RUN = Sign("circle-off", "neutral", "not run")
_AT_WORK = {"build": "hammer", "review": "scan-eye", "prove": "search", "verify": "flask-conical"}


def _stop_sign(step: RunStep, number: int, at: int, dispatch: Dispatch | None, candidate: Candidate | None) -> Sign:
    """How a stage stands: `at` is the number of the present one, -1 where the step is not under way."""
    stage = step.stages[number]
    if step.status in ("passed", "waived") or number < at:
        return _GAP if stage in step.waived else _BUILT if stage == "build" else _PASSED
    if number == at:
        return _ASKED if step.status == "needs_decision" else Sign(_AT_WORK[stage], "running", "under way")
    if at >= 0:
        return _NOT_RUN
    if candidate is not None and candidate.status in ("red", "conflict"):
        return verdict_sign("failed")
    return dispatch_sign(dispatch) if dispatch else _NOT_RUN


def _who(dispatch: Dispatch) -> str:
    if dispatch.runner == "person":
        return "a person"
    return "scripted model" if dispatch.run.scripted else dispatch.model or dispatch.runner


def criteria(step: RunStep) -> list[Criterion]:
    """The plan's criteria with the latest reviewer's verdict on each; without one they are unproven."""
    content = step.step.content if step.step else {}
    review = reviewed(step)
    said = {item["criterion"]: item for item in review.report.get("criteria", [])} if review else {}
    return [
        Criterion(part["text"], _judged(said.get(number)), said.get(number, {}).get("note", ""))
        for number, part in enumerate(content.get("criteria", []), start=1)
    ]


def _judged(item: Mapping[str, Any] | None) -> Sign:
    return verdict_sign(item["verdict"]) if item else Sign("circle-dashed", "neutral", "not judged")


def builds(step: RunStep) -> list[Dispatch]:
    """The attempts at building a step, oldest first."""
    return list(step.dispatches.filter(role="builder").order_by("id"))


def claims(dispatch: Dispatch | None) -> list[dict[str, Any]]:
    """What a report says beside what was observed, line by line (`agents.claims.Row`); empty when it told nothing."""
    if dispatch is None:
        return []
    return dispatch.claims or [asdict(row) for row in _of_old(dispatch)]


def _of_old(dispatch: Dispatch) -> Sequence[Row]:
    """The claims of a report that was judged before they were kept; none when git has its work no more."""
    if dispatch.role != "builder" or not (dispatch.report and dispatch.tree and dispatch.base_oid):
        return ()
    try:
        diff = differences(Ground.of(dispatch.run.project).hub, dispatch.base_oid, dispatch.tree)
    except AgentsError:
        return ()
    return rows(claims_of(dispatch, dispatch.report), diff)


def reviewed(step: RunStep) -> Dispatch | None:
    """The latest review of the present round that was handed in."""
    return step.dispatches.filter(role="reviewer", round=step.round).exclude(report={}).order_by("-id").first()


def changed(dispatch: Dispatch) -> Sequence[FileChange]:
    """The files a dispatch's work changed; empty when git has it no more."""
    if not (dispatch.tree and dispatch.base_oid):
        return ()
    try:
        return Ground.of(dispatch.run.project).changed(dispatch.base_oid, dispatch.tree)
    except AgentsError:
        return ()


def change_of(step: RunStep, dispatch: Dispatch | None) -> tuple[str, str]:
    """The two commits between which a step's change lies: one attempt's, else the landed one; ("", "") for none."""
    if dispatch is not None:
        return (dispatch.base_oid, dispatch.tree) if dispatch.tree else ("", "")
    oid = step.landed_oid or step.work_oid
    return (f"{oid}^", oid) if oid else ("", "")


@dataclass(frozen=True, slots=True)
class Against:
    """What a round came to against those before it."""

    round: int
    again: Sequence[Finding]
    fresh: Sequence[Finding]
    gone: Sequence[Finding]

    @property
    def meter(self) -> str:
        """In one line: whether the rounds converge."""
        counts = ((self.gone, "fixed"), (self.again, "the same again"), (self.fresh, "new"))
        told = ", ".join(f"{len(found)} {words}" for found, words in counts if found)
        return f"Round {self.round}: {told or 'nothing found'}"

    @property
    def stuck(self) -> str:
        """What the third time of one finding says; "" before."""
        most = max((finding.times for finding in self.again), default=0)
        times = {3: "Third", 4: "Fourth", 5: "Fifth"}.get(most, f"{most}th")
        return f"{times} time, same finding: instructions alone have not helped" if most >= 3 else ""


def against_last_round(step: RunStep) -> Against | None:
    """None in the first round, and where neither it nor the one before found anything."""
    found = [f for f in step.findings.filter(severity="blocking") if step.round > 1]
    now = [f for f in found if f.last_round == step.round and f.status != "addressed"]
    again = [f for f in now if f.times > 1]
    gone = [f for f in found if f.status == "addressed" and f.closed_round == step.round]
    return Against(step.round, again, [f for f in now if f.times == 1], gone) if now or gone else None
