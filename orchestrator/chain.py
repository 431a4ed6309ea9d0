"""The hash-chained event log: lock a chain, append records, verify. Chain 0 is the installation's own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from orchestrator.models import Event, RunHead

INSTALLATION = 0


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
    with connection.cursor() as cursor:
        sql = "UPDATE orchestrator_runhead SET seq = seq WHERE chain = %s RETURNING seq, hash"
        cursor.execute(sql, [chain])
        found = cursor.fetchone()
    if found is None:
        RunHead.objects.get_or_create(chain=chain)
        return lock(chain)
    return Head(chain, found[0], found[1])


def append(head: Head, records: Sequence[Record]) -> int:
    """Store records after a locked head and move it; returns the new seq."""
    if not records:
        return head.seq
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    rows, seq, previous = [], head.seq, head.hash
    for record in records:
        seq += 1
        body = json.dumps(record.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
        digest = hashlib.sha256(body.encode()).hexdigest()
        previous = _link(previous, seq, at, record.actor, record.via, record.kind, record.step, digest)
        rows.append(
            Event(
                chain=head.chain, seq=seq, at=at, actor=record.actor, via=record.via, kind=record.kind,
                step=record.step, body=body, body_sha256=digest, hash=previous,
            )
        )  # fmt: skip
    Event.objects.bulk_create(rows)
    RunHead.objects.filter(chain=head.chain).update(seq=seq, hash=previous)
    return seq


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
