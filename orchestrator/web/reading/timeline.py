"""A run's events as a person reads them, newest first; the record itself stands behind each line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator import telling
from orchestrator.models import Event

SHOWN = 120


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
        if full or not telling.is_plumbing(event.kind):
            found.append(event)
        if len(found) > SHOWN:
            break
    roles = telling.roles_of(run_id)
    entries = [_entry(event, roles) for event in found[:SHOWN]]
    return entries, entries[-1].seq if len(found) > SHOWN else None


def _entry(event: Event, roles: Mapping[int, str]) -> Entry:
    body = json.loads(event.body) if event.body else {}
    pretty = json.dumps(body, indent=1, ensure_ascii=False)
    text, family = telling.said(event.kind, body, roles), _family(event, body)
    return Entry(event.seq, event.at, event.step, text, event.actor, event.via, family, pretty)


def _family(event: Event, body: Mapping[str, Any]) -> str:
    after = body.get("to", "")
    if event.kind in ("step.landed", "line.published") or (after == "succeeded" and event.kind.startswith("run.")):
        return "passed"
    if event.kind in ("decision.opened", "step.asked"):
        return "needs"
    if after in ("failed", "red", "conflict", "lost", "timed_out", "refused") or event.kind == "step.stage_failed":
        return "failed"
    return "blocked" if after == "blocked" else "neutral"
