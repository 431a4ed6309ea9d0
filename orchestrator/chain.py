"""The hash-chained event log: lock a chain, append records, verify. Chain 0 is the installation's own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from orchestrator.models import Event, RunHead
from orchestrator.statements import Statement, insert, run, run_all, update

INSTALLATION = 0
_LOCK = "UPDATE orchestrator_runhead SET seq = seq WHERE chain = %s RETURNING seq, hash"
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str).encode


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain stands; held locked by the transaction that read it."""

    chain: int
    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Record:
    """An event that is not numbered yet. `step` is the key of the step it is about, or ""."""

    kind: str
    actor: str
    via: str
    step: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold."""

    chain: int
    seq: int
    what: str


def lock(chain: int) -> Head:
    """Lock a chain as the first statement of a transaction; makes the chain when it is new.

    The write comes first because a read-then-write let two writers take one number."""
    found = run((_LOCK, [chain]))
    if not found:
        RunHead.objects.get_or_create(chain=chain)
        return lock(chain)
    ((seq, digest),) = found
    return Head(chain, seq, digest)


def append(head: Head, records: Sequence[Record]) -> int:
    """Store records after a locked head and move it; returns the new seq."""
    run_all(appending(head, records))
    return head.seq + len(records)


def appending(head: Head, records: Sequence[Record]) -> list[Statement]:
    """What stores records after a locked head and moves it."""
    if not records:
        return []
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    rows, previous = [], head.hash
    for seq, record in enumerate(records, head.seq + 1):
        body = _canonical(record.body)
        digest = hashlib.sha256(body.encode()).hexdigest()
        previous = _link(previous, seq, at, record.actor, record.via, record.kind, record.step, digest)
        rows.append(
            {
                "chain": head.chain, "seq": seq, "at": at, "actor": record.actor, "via": record.via,
                "kind": record.kind, "step": record.step, "body": body, "body_sha256": digest, "hash": previous,
            }
        )  # fmt: skip
    moved = {"seq": head.seq + len(records), "hash": previous}
    return [insert(Event, *rows), update(RunHead, moved, {"chain": head.chain})]


def note(kind: str, actor: str, via: str, **body: Any) -> None:
    """Record an event that belongs to no run."""
    with transaction.atomic():
        append(lock(INSTALLATION), [Record(kind, actor, via, "", body)])


def _link(previous: str, seq: int, *parts: str) -> str:
    return hashlib.sha256("\x1f".join([previous, str(seq), *parts]).encode()).hexdigest()


def verify(chain: int | None = None) -> Iterator[Break]:
    """Every place where a stored chain does not hold: a changed, missing, added or reordered event."""
    heads = RunHead.objects.all() if chain is None else RunHead.objects.filter(chain=chain)
    for head in heads.order_by("chain"):
        yield from _verify_one(head)


def _verify_one(head: RunHead) -> Iterator[Break]:
    seq, previous = 0, ""
    for event in Event.objects.filter(chain=head.chain).order_by("seq").iterator():
        seq += 1
        if event.seq != seq:
            yield Break(head.chain, seq, "an event is missing")
            seq = event.seq
        if hashlib.sha256(event.body.encode()).hexdigest() != event.body_sha256:
            yield Break(head.chain, event.seq, "the event's body was changed")
        link = _link(previous, event.seq, event.at, event.actor, event.via, event.kind, event.step, event.body_sha256)
        if link != event.hash:
            yield Break(head.chain, event.seq, "the event, or the one before it, was changed")
        previous = event.hash
    if (seq, previous) != (head.seq, head.hash):
        yield Break(head.chain, head.seq, f"the chain ends at {seq}, its head says {head.seq}")
