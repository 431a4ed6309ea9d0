"""Events in words, as the timeline of a page and the terminal tell them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator import queries
from orchestrator.actions.offers import label
from orchestrator.models import Dispatch

_TEXT: Mapping[str, str] = {
    "run.created": "Run made from {plan}",
    "run.compiled": "Dispatch plan compiled",
    "run.rescoped": "Scope or git mode chosen",
    "run.approve": "Dispatch plan approved",
    "run.pause": "Pause asked for: {reason}",
    "run.idle": "Everything has come to rest",
    "run.resume": "Run resumed",
    "run.abort": "Abort asked for",
    "run.git_switched": "Git mode switched",
    "run.plan_adopted": "Edited plan adopted",
    "run.all_settled": "Every step is settled",
    "run.closed": "Run closed: {to}",
    "step.assigned": "Given to {to}",
    "step.unblocked": "Step is free to start",
    "step.dispatched": "Step started",
    "step.stage_passed": "Stage passed",
    "step.stage_failed": "Stage failed",
    "step.asked": "A person is asked",
    "step.landed": "Landed",
    "step.conflict": "Conflicts with what has landed",
    "step.recheck": "Sent to be checked again",
    "step.rebuild": "Sent back to its builder",
    "step.skip": "Skipped, not complete",
    "step.accept_gap": "Gap accepted",
    "step.upstream_lost": "Blocked by step {through}",
    "dispatch.planned": "{role} queued",
    "dispatch.claimed": "{role}: a worker took the dispatch",
    "dispatch.ready": "{role} started",
    "dispatch.reported": "{role} handed in its report",
    "dispatch.report_invalid": "{role}: report incomplete, asked for again",
    "dispatch.errored": "{role} failed",
    "dispatch.done": "Handed in by a person",
    "dispatch.returned": "Given back by a person",
    "dispatch.setup_failed": "{role} waits: its worktree could not be set up",
    "dispatch.base_unproven": "{role} refused: its base lacks what the step needs",
    "candidate.setup_failed": "The checks wait: their checkout could not be set up",
    "candidate.setup_asked": "The checks wait: a new setup has to be allowed",
    "setup.begun": "Setup begun",
    "setup.made": "Setup made, kept for all worktrees of these lock files",
    "setup.failed": "Setup failed: {reason}",
    "setup.stopped": "Setup stopped",
    "dispatch.beat_stopped": "{role}: worker lost",
    "candidate.built": "Candidate commit made, checks run on it",
    "candidate.green": "Every check is green",
    "candidate.red": "A check is red, candidate dropped",
    "candidate.swapped": "Candidate is the branch's new head",
    "decision.decided": "Answered: {option}",
    "decision.opened": "Question to a person: {kind}",
    "decision.joined": "A further reason joined the question",
    "decision.undone": "Answer taken back",
    "decision.due": "Answer applied",
    "batch.opened": "Batch opened",
    "batch.ended": "Batch ended",
    "batch.step_failed": "Batch ends early: a step failed",
    "line.published": "Published to {branch}",
    "line.refused": "Publishing refused: {detail}",
    "line.asked_again": "Publishing {branch} again",
    "line.none": "Not published: {detail}",
}
_PLUMBING = frozenset({
    "workspace", "dispatch.claimed", "dispatch.ready", "dispatch.planned", "candidate.queued", "candidate.claimed",
    "candidate.green", "step.unblocked", "step.stage_passed", "decision.due", "run.compiled", "candidate.planned",
})  # fmt: skip


def roles_of(run_id: int) -> dict[int, str]:
    """The role of each dispatch of a run, by id."""
    return dict(Dispatch.objects.filter(run=run_id).values_list("id", "role"))


_TITLES = queries.CARD_TITLES | {"claim": "the guards found something"}
"""An event of a card has no reasons that would tell a claim from another finding."""


def is_plumbing(kind: str) -> bool:
    """Whether a compact account leaves events of this kind out; the record has every one."""
    return kind in _PLUMBING or kind.partition(".")[0] in _PLUMBING


def said(kind: str, body: Mapping[str, Any], roles: Mapping[int, str]) -> str:
    """An event of this kind with this body as a sentence. `roles` as `roles_of` gives them."""
    plain = kind.replace(".", " ").replace("_", " ").capitalize()
    words = {name: str(value) for name, value in body.items()}
    words["role"] = roles.get(body.get("id", 0), "dispatch").capitalize() if kind.startswith("dispatch.") else ""
    words["option"] = label(words.get("option", ""))
    words["kind"] = _TITLES.get(words.get("kind", ""), words.get("kind", ""))
    words["to"] = queries.words(words.get("to", ""))
    try:
        return _TEXT.get(kind, plain).format_map(words).rstrip(": ")
    except KeyError:
        return plain
