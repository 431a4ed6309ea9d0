"""The tables: every status, every event, and where each leads. Nothing else decides what may happen.

A table row is (statuses, event, target, guard). Several rows of one pair are tried in order and the first whose
guard holds is taken; a pair without a row is an IllegalTransition. Guards are in `guards.py`, what an event changes
beside the status in `couplings.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    target: str
    guard: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """One table. `initial` is the status a new row has; no rule leads out of a `final` one."""

    name: str
    initial: tuple[str, ...]
    statuses: tuple[str, ...]
    final: frozenset[str]
    table: Mapping[tuple[str, str], tuple[Rule, ...]]

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(event for _, event in self.table))


def _machine(name: str, initial: str, statuses: str, rows: Iterable[tuple[str, ...]], *, final: str = "") -> Machine:
    table: dict[tuple[str, str], tuple[Rule, ...]] = {}
    for sources, event, target, *guard in rows:
        for source in sources.split():
            rule = Rule(target, guard[0] if guard else "")
            table[source, event] = (*table.get((source, event), ()), rule)
    return Machine(name, tuple(initial.split()), tuple(statuses.split()), frozenset(final.split()), table)


RUN = _machine(
    "run",
    "draft",
    "draft preparing awaiting_approval running pausing paused finishing stopping succeeded finished_with_gaps aborted",
    [
        ("draft", "prepare", "preparing"),
        ("draft preparing", "compiled", "awaiting_approval"),
        ("preparing", "prepare_failed", "draft"),
        ("awaiting_approval", "approve", "running"),
        ("awaiting_approval", "rejected", "draft"),
        ("awaiting_approval", "plan_changed", "draft"),
        ("awaiting_approval", "rescoped", "draft"),
        ("running finishing", "pause", "pausing"),
        ("pausing", "pause", "pausing"),
        ("pausing", "idle", "paused", "run_is_idle"),
        ("pausing paused", "resume", "running"),
        ("running", "all_settled", "finishing", "every_plan_step_settled"),
        ("finishing", "step_reopened", "running"),
        ("finishing", "closed", "succeeded", "closes_complete"),
        ("finishing", "closed", "finished_with_gaps", "closes_with_gaps"),
        ("draft preparing awaiting_approval paused", "abort", "aborted", "nothing_live"),
        ("draft preparing awaiting_approval paused", "abort", "stopping"),
        ("running pausing finishing", "abort", "stopping"),
        ("stopping", "idle", "aborted", "nothing_live"),
        ("aborted finished_with_gaps", "reopen", "paused"),
    ],
    final="succeeded",
)

STEP = _machine(
    "step",
    "waiting out_of_scope already_done",
    "out_of_scope already_done waiting ready active landing needs_decision passed waived skipped deferred blocked"
    " suspect cancelled removed",
    [
        ("waiting", "unblocked", "ready", "step_is_free"),
        ("ready", "dependency_reopened", "waiting"),
        ("ready", "released", "waiting"),
        ("ready", "dispatched", "active"),
        ("active", "stage_passed", "landing", "next_is_verify"),
        ("active", "stage_passed", "active"),
        ("active landing", "stage_failed", "active", "policy_fixes"),
        ("active landing", "stage_failed", "needs_decision"),
        ("active landing", "asked", "needs_decision"),
        ("active", "receipt_mismatch", "ready", "nothing_written"),
        ("active", "receipt_mismatch", "needs_decision"),
        ("landing", "conflict", "needs_decision"),
        ("landing", "head_moved", "landing"),
        ("landing", "landed", "waived", "gap_accepted"),
        ("landing", "landed", "passed"),
        ("needs_decision", "recheck", "landing", "first_check_is_verify"),
        ("needs_decision", "recheck", "active"),
        ("needs_decision", "rebuild", "active"),
        ("needs_decision", "answered", "landing", "stage_is_verify"),
        ("needs_decision", "answered", "active"),
        ("needs_decision", "accept_gap", "landing", "gap_leads_to_verify"),
        ("needs_decision", "accept_gap", "active"),
        ("needs_decision waiting ready blocked deferred active landing", "skip", "skipped"),
        ("needs_decision waiting ready blocked active landing", "defer", "deferred"),
        ("needs_decision", "superseded", "landing", "stage_is_verify"),
        ("needs_decision", "superseded", "active"),
        ("waiting ready", "upstream_lost", "blocked"),
        ("blocked", "edge_waived", "waiting"),
        ("blocked", "upstream_restored", "waiting"),
        ("skipped deferred", "restore", "waiting"),
        ("passed waived", "suspected", "suspect"),
        ("suspect", "recheck", "landing", "first_check_is_verify"),
        ("suspect", "recheck", "active"),
        ("suspect", "rebuild", "active"),
        ("suspect", "accept_gap", "waived"),
        ("already_done", "redo", "waiting"),
        ("already_done", "artifacts_missing", "needs_decision"),
        ("out_of_scope", "rescoped", "waiting"),
        ("waiting ready active landing needs_decision", "removed_from_plan", "removed"),
        ("removed", "returned_to_plan", "waiting"),
        ("waiting ready active landing needs_decision", "run_stopping", "cancelled"),
        ("cancelled", "run_reopened", "waiting"),
    ],
)

DISPATCH = _machine(
    "dispatch",
    "queued",
    "queued preparing running with_person parked rate_limited stopping"
    " succeeded failed timed_out lost refused cancelled",
    [
        ("queued", "claimed", "with_person", "runner_is_person"),
        ("queued", "claimed", "preparing"),
        ("queued", "receipt_mismatch", "refused"),
        ("queued", "unplanned", "cancelled"),
        ("preparing with_person", "base_unproven", "refused"),
        ("preparing", "setup_failed", "parked"),
        ("preparing", "ready", "running"),
        ("preparing", "infra", "failed", "infra_used_up"),
        ("preparing", "infra", "queued"),
        ("running", "reported", "succeeded"),
        ("running", "report_invalid", "failed", "already_asked_again"),
        ("running", "report_invalid", "running"),
        ("running", "errored", "failed"),
        ("running", "limit", "stopping"),
        ("running", "asked", "parked"),
        ("running", "deferred_tool", "parked"),
        ("running", "budget_stop", "parked"),
        ("running", "pause_now", "parked"),
        ("running", "limited", "rate_limited"),
        ("parked", "answered", "queued"),
        ("parked", "raised", "queued"),
        ("parked", "resumed", "queued"),
        ("parked", "dropped", "cancelled"),
        ("rate_limited", "due", "queued"),
        ("preparing running", "handed_over", "queued"),
        ("preparing running", "cancel", "stopping"),
        ("with_person parked rate_limited", "cancel", "cancelled"),
        ("with_person", "done", "succeeded"),
        ("with_person", "returned", "cancelled"),
        ("with_person", "reassigned", "with_person"),
        ("stopping", "stopped", "timed_out", "noted_timed_out"),
        ("stopping", "stopped", "cancelled"),
        ("stopping", "reported", "stopping"),
        ("preparing running stopping", "beat_stopped", "lost"),
    ],
    final="succeeded failed timed_out lost refused cancelled",
)

CANDIDATE = _machine(
    "candidate",
    "queued",
    "queued building checking pushing stale lost landed red conflict dropped",
    [
        ("queued", "claimed", "building"),
        ("building", "built", "checking"),
        ("building", "conflict", "conflict"),
        ("checking", "green", "pushing"),
        ("checking", "red", "red"),
        ("pushing", "swapped", "landed"),
        ("checking", "setup_failed", "dropped"),
        ("checking", "setup_asked", "dropped"),
        ("queued building checking pushing", "head_moved", "stale"),
        ("stale", "requeued", "queued", "stale_tries_left"),
        ("stale", "requeued", "dropped"),
        ("building checking pushing", "beat_stopped", "lost"),
        ("lost", "found_landed", "landed"),
        ("lost", "found_stale", "stale"),
        ("building checking", "handed_over", "queued"),
        ("queued building checking stale", "dropped", "dropped"),
    ],
    final="landed red conflict dropped",
)

WORKSPACE = _machine(
    "workspace",
    "preparing",
    "preparing live held saved orphaned removed",
    [
        ("preparing", "ready", "live"),
        ("preparing live", "saved", "saved"),
        ("live", "hold", "held"),
        ("held", "release", "live"),
        ("held", "saved", "saved"),
        ("preparing live held saved", "path_gone", "orphaned"),
        ("orphaned", "restored", "live"),
        ("orphaned", "removed", "removed"),
        ("saved", "removed", "removed"),
    ],
    final="removed",
)

DECISION = _machine(
    "decision",
    "open",
    "open armed applied superseded",
    [
        ("open", "joined", "open"),
        ("open", "decided", "armed", "option_arms"),
        ("open", "decided", "applied"),
        ("armed", "undone", "open"),
        ("armed", "due", "applied", "effects_equal"),
        ("armed", "due", "open"),
        ("open armed", "cause_gone", "superseded"),
        ("open armed", "subject_removed", "superseded"),
        ("open armed", "run_aborted", "superseded"),
        ("applied", "reversed", "applied"),
    ],
    final="superseded",
)

FINDING = _machine(
    "finding",
    "open",
    "open addressed repeated disputed waived withdrawn obsolete",
    [
        ("open repeated disputed", "addressed", "addressed"),
        ("open repeated", "repeated", "repeated"),
        ("open repeated", "disputed", "disputed"),
        ("disputed", "upheld", "open"),
        ("disputed", "withdrawn", "withdrawn"),
        ("open repeated disputed", "waived", "waived"),
        ("waived", "waiver_revoked", "open"),
        ("addressed", "regressed", "open"),
        ("open addressed repeated disputed waived withdrawn", "obsolete", "obsolete"),
    ],
    final="obsolete",
)

BATCH = _machine(
    "batch",
    "open",
    "open failed closed",
    [
        ("open", "step_failed", "failed"),
        ("open failed", "ended", "closed", "batch_is_over"),
    ],
    final="closed",
)

MACHINES: dict[str, Machine] = {
    machine.name: machine for machine in (RUN, STEP, DISPATCH, CANDIDATE, WORKSPACE, DECISION, FINDING, BATCH)
}

GAPS = frozenset({"waived", "suspect", "skipped", "deferred", "blocked", "cancelled", "removed", "out_of_scope"})
"""Settled without proof of completion: a run with any of these has gaps."""
SETTLED = GAPS | {"passed", "already_done"}
MET = frozenset({"passed", "waived", "already_done"})
"""A dependency in one of these has landed: what depends on it may start."""
LOST = frozenset({"skipped", "deferred", "blocked", "removed"})

OPEN_ROWS = {
    "batch": ("open", "failed"),
    "dispatch": tuple(s for s in DISPATCH.statuses if s not in DISPATCH.final),
    "candidate": tuple(s for s in CANDIDATE.statuses if s not in CANDIDATE.final),
    "workspace": tuple(s for s in WORKSPACE.statuses if s not in WORKSPACE.final),
    "decision": ("open", "armed"),
}
"""The rows that a board always holds: their number does not grow with the plan, and an index finds them."""

LIVE_DISPATCH = frozenset({"preparing", "running", "stopping", "with_person"})
LEASED_DISPATCH = frozenset({"preparing", "running", "stopping"})
OPEN_DISPATCH = frozenset(OPEN_ROWS["dispatch"])
LIVE_CANDIDATE = frozenset({"building", "checking", "pushing"})
OPEN_CANDIDATE = frozenset(OPEN_ROWS["candidate"])
OPEN_DECISION = frozenset(OPEN_ROWS["decision"])
RUN_OVER = frozenset({"succeeded", "finished_with_gaps", "aborted"})
RUN_WORKS = frozenset({"running", "pausing", "finishing"})
WORKING = frozenset({"active", "landing"})
