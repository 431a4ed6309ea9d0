"""A run's events as a person reads them, newest first; the record itself stands behind each line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator import queries
from orchestrator.models import Event
from orchestrator.web.reading.options import label

SHOWN = 120

_TEXT: Mapping[str, str] = {
    "run.created": "Run made from {plan}",
    "run.compiled": "Dispatch plan compiled",
    "run.rescoped": "Scope changed",
    "run.approve": "Dispatch plan approved",
    "run.pause": "Pause asked for: {reason}",
    "run.idle": "Everything has come to rest",
    "run.resume": "Run resumed",
    "run.abort": "Abort asked for",
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
    "dispatch.claimed": "A worker took the dispatch",
    "dispatch.ready": "Dispatch started",
    "dispatch.reported": "Report handed in",
    "dispatch.report_invalid": "Report incomplete, asked for again",
    "dispatch.errored": "Dispatch failed",
    "dispatch.done": "Handed in by a person",
    "dispatch.returned": "Given back by a person",
    "dispatch.beat_stopped": "Worker lost",
    "candidate.built": "Candidate commit made, checks run on it",
    "candidate.green": "Every check is green",
    "candidate.red": "A check is red, candidate dropped",
    "candidate.swapped": "Candidate is the branch's new head",
    "decision.opened": "Question to a person: {kind}",
    "decision.joined": "A further reason joined the question",
    "decision.undone": "Answer taken back",
    "decision.due": "Answer applied",
    "batch.opened": "Batch opened",
    "batch.ended": "Batch ended",
    "batch.step_failed": "Batch ends early: a step failed",
    "line.published": "Published to {branch}",
    "line.refused": "Publishing refused: {detail}",
    "line.none": "Not published: {detail}",
}
_PLUMBING = frozenset({
    "workspace", "dispatch.claimed", "dispatch.ready", "dispatch.planned", "candidate.queued", "candidate.claimed",
    "candidate.green", "step.unblocked", "decision.due", "run.compiled", "candidate.planned",
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
    found: list[Entry] = []
    for event in events.iterator(chunk_size=200):
        if full or not _is_plumbing(event.kind):
            if len(found) == SHOWN:
                return found, found[-1].seq
            found.append(entry(event))
    return found, None


def _is_plumbing(kind: str) -> bool:
    return kind in _PLUMBING or kind.partition(".")[0] in _PLUMBING


def entry(event: Event) -> Entry:
    """One event in words; its body as indented JSON."""
    body = json.loads(event.body) if event.body else {}
    pretty = json.dumps(body, indent=1, ensure_ascii=False)
    return Entry(
        event.seq, event.at, event.step, _text(event, body), event.actor, event.via, _family(event, body), pretty
    )


def _text(event: Event, body: Mapping[str, Any]) -> str:
    if event.kind == "decision.decided":
        return f"Answered: {label(body.get('option', ''))}"
    template = _TEXT.get(event.kind)
    if template is None:
        return event.kind.replace(".", " ").replace("_", " ").capitalize()
    return template.format_map(_Words(body))


class _Words(dict):
    """A body's values as words; a missing one is told as such."""

    def __getitem__(self, key: str) -> str:
        value = str(dict.get(self, key, "") or "no reason given")
        return (
            queries.CARD_TITLES.get(value, queries.words(value))
            if key in ("kind", "to")
            else value.capitalize()
            if key == "role"
            else value
        )


def _family(event: Event, body: Mapping[str, Any]) -> str:
    after = body.get("to", "")
    if event.kind in ("step.landed", "line.published") or (after == "succeeded" and event.kind.startswith("run.")):
        return "passed"
    if event.kind in ("decision.opened", "step.asked"):
        return "needs"
    if after in ("failed", "red", "conflict", "lost", "timed_out", "refused") or event.kind == "step.stage_failed":
        return "failed"
    return "blocked" if after == "blocked" else "neutral"
