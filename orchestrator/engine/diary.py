"""What a setup says while it is made, in its row, and what became of it: an event of the run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any

from django.db import close_old_connections, transaction
from django.utils import timezone

from agents.exceptions import SetupFailed
from agents.preparing import Made
from agents.sandbox import Asked
from agents.sandbox.output import CappedOutput
from agents.texts import storable
from orchestrator import chain, events
from orchestrator.engine.holder import me
from orchestrator.engine.patience import AWAY, patiently
from orchestrator.engine.transitions import ENGINE
from orchestrator.models import Run, RunStep, Setup

LOG_BYTES = 100_000
FLUSH_SECONDS = 0.5


class Diary:
    """A context around one making. How it is left says how it ended; `made` tells of the result before."""

    def __init__(self, run: Run, step: RunStep, wanted: Made, configuration: str, stopped: Callable[[], bool]) -> None:
        self.run = run
        self._row = Setup(
            run=run, step=step, key=wanted.key, oid=wanted.oid, commands=list(wanted.commands),
            configuration=configuration, holder=me(),
        )  # fmt: skip
        self._stopped = stopped
        self._log = CappedOutput(LOG_BYTES)
        self._lock = threading.Lock()
        self._flushed = (time.monotonic(), 0)

    def __enter__(self) -> Diary:
        patiently(partial(self._record, "begun"))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        row = self._row
        row.outcome = "made" if error is None else "failed" if isinstance(error, SetupFailed) else "stopped"
        row.reason, row.ended_at, row.log = str(error or ""), timezone.now(), self._text()
        patiently(partial(self._record, row.outcome))

    def say(self, words: str) -> None:
        """Add to the log; may be called from any thread."""
        with self._lock:
            self._log.feed(words.encode(errors="replace"))

    def heard(self, asked: Asked) -> None:
        """A host that a command asked for."""
        with self._lock:
            self._row.asked[f"{asked.host}:{asked.port}"] = asked.refused
        if asked.refused:
            self.say(f"{asked.refused}\n")

    def made(self, made: Made) -> None:
        self._row.places = [[place.path, place.kind, place.bytes] for place in made.places]

    def stopped(self) -> bool:
        """Asked about ten times a second while a command runs, which is when the row is brought up to date."""
        since, size = self._flushed
        if time.monotonic() - since >= FLUSH_SECONDS and size != self._log.bytes_total:
            self._flush()
        return self._stopped()

    def _flush(self) -> None:
        try:
            Setup.objects.filter(pk=self._row.pk).update(log=self._text())
        except AWAY:
            close_old_connections()  # the end of it is written when the database is back
        self._flushed = (time.monotonic(), self._log.bytes_total)

    def _text(self) -> str:
        with self._lock:
            return storable(self._log.kept().decode(errors="replace"))

    def _record(self, word: str) -> None:
        row = self._row
        body: dict[str, Any] = {"key": row.key, "oid": row.oid, "commands": row.commands, "reason": row.reason}
        body |= {"asked": row.asked, "places": [path for path, *_ in row.places]} if row.outcome else {}
        with transaction.atomic():
            head = chain.lock(row.run_id)
            row.save()
            seq = chain.append(head, [chain.Record(f"setup.{word}", ENGINE.name, ENGINE.via, row.step.key, body)])
            transaction.on_commit(lambda: events.publish(row.run_id, seq), robust=True)
