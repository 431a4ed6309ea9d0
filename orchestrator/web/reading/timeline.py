"""A run's events as a person reads them, newest first; the record itself stands behind each line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator import queries
from orchestrator.actions.offers import label
from orchestrator.models import Dispatch, Event

SHOWN = 120

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
"""What the compact timeline leaves out; the full one has every event."""


@dataclass(frozen=True, slots=True)
class Entry:
    seq: int
    at: str
    step: str
    text: str
    actor: str
    via: str
    family: str
    body: str


def timeline(run_id: int, *, full: bool = False, before: int | None = None) -> tuple[list[Entry], int | None]:
    """Entries, newest first, at most SHOWN, and the seq to go on before (None at the end)."""
    events = Event.objects.filter(chain=run_id).order_by("-seq")
    if before:
        events = events.filter(seq__lt=before)
    found: list[Event] = []
    for event in events.iterator(chunk_size=200):
        if full or not _is_plumbing(event.kind):
            found.append(event)
        if len(found) > SHOWN:
            break
    roles = dict(Dispatch.objects.filter(run=run_id).values_list("id", "role"))
    entries = [_entry(event, roles) for event in found[:SHOWN]]
    return entries, entries[-1].seq if len(found) > SHOWN else None


def _is_plumbing(kind: str) -> bool:
    return kind in _PLUMBING or kind.partition(".")[0] in _PLUMBING


def _entry(event: Event, roles: Mapping[int, str]) -> Entry:
    body = json.loads(event.body) if event.body else {}
    pretty = json.dumps(body, indent=1, ensure_ascii=False)
    text, family = _text(event.kind, body, roles), _family(event, body)
    return Entry(event.seq, event.at, event.step, text, event.actor, event.via, family, pretty)


def _text(kind: str, body: Mapping[str, Any], roles: Mapping[int, str]) -> str:
    plain = kind.replace(".", " ").replace("_", " ").capitalize()
    words = {name: str(value) for name, value in body.items()}
    words["role"] = roles.get(body.get("id", 0), "dispatch").capitalize() if kind.startswith("dispatch.") else ""
    words["option"] = label(words.get("option", ""))
    words["kind"] = queries.CARD_TITLES.get(words.get("kind", ""), words.get("kind", ""))
    words["to"] = queries.words(words.get("to", ""))
    try:
        return _TEXT.get(kind, plain).format_map(words).rstrip(": ")
    except KeyError:
        return plain


def _family(event: Event, body: Mapping[str, Any]) -> str:
    after = body.get("to", "")
    if event.kind in ("step.landed", "line.published") or (after == "succeeded" and event.kind.startswith("run.")):
        return "passed"
    if event.kind in ("decision.opened", "step.asked"):
        return "needs"
    if after in ("failed", "red", "conflict", "lost", "timed_out", "refused") or event.kind == "step.stage_failed":
        return "failed"
    return "blocked" if after == "blocked" else "neutral"
