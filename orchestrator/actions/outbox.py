"""A branch that could not be published, tried again once the person has mended why."""

from __future__ import annotations

from django.db import transaction

from orchestrator import chain, events, wake
from orchestrator.engine.transitions import Actor
from orchestrator.exceptions import PersonError
from orchestrator.models import Line, Run


def publish_again(run: Run, actor: Actor) -> None:
    """Put a refused branch back into the outbox. Raises PersonError when it was not refused."""
    with transaction.atomic():
        head = chain.lock(run.pk)
        line = Line.objects.filter(run=run, name="main", publish_state="refused").first()
        if line is None:
            raise PersonError(f"Publishing {run.branch} was not refused; there is nothing to try again.")
        Line.objects.filter(pk=line.pk).update(publish_state="behind", publish_detail="")
        body = {"line": line.pk, "branch": run.branch, "state": "behind"}
        seq = chain.append(head, [chain.Record("line.asked_again", actor.name, actor.via, "", body)])
        transaction.on_commit(lambda: _tell(run.pk, seq))


def _tell(run_id: int, seq: int) -> None:
    events.publish(run_id, seq)
    wake.wake(run_id)
