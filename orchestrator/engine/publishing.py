"""The outbox: what has landed in the hub goes to a branch of the person's repository that is not checked out."""

from __future__ import annotations

import time

from django.conf import settings
from django.db import transaction

from agents.exceptions import AgentsError
from orchestrator import chain
from orchestrator.engine import shortage
from orchestrator.engine.ground import Ground, Refused
from orchestrator.engine.transitions import ENGINE
from orchestrator.events import publish as tell
from orchestrator.failpoints import failpoint
from orchestrator.models import Line, RunStep

_rest_since: dict[int, float] = {}
"""Lines whose repository had no room lately. Only they wait: it may be the person's disk that is full, not ours."""


def rests(line_id: int) -> bool:
    """Whether publishing a line was put off a moment ago."""
    since = _rest_since.get(line_id, float("-inf"))
    return time.monotonic() - since < float(settings.SHORTAGE_SECONDS)


def publish(line_id: int) -> None:
    """Publish one line if it is behind. Doing it twice is harmless: the branch then stands where it should."""
    line = Line.objects.select_related("run__project").get(pk=line_id)
    run, project = line.run, line.run.project
    if run.scripted and not project.is_example:
        _record(line, "none", "A rehearsal stays in Signalbox's own repository: no model wrote this.")
        return
    failpoint("before_publish_branch")
    try:
        ground = Ground.of(project)
        result = ground.publish(run.branch, line.head_oid, _published(line, ground))
    except AgentsError as error:
        if (lacking := shortage.sign_of(error)) and lacking.kind != "lock":
            _rest_since[line.pk] = time.monotonic()
            return  # it stays behind, and is published when there is room again
        _record(line, "refused", str(error))
        return
    failpoint("after_publish_branch")
    if isinstance(result, Refused):
        _record(line, "refused", f"{result.reason} {result.mend}".strip())
    else:
        _record(line, "published", "", line.head_oid)
        failpoint("after_published")


def _published(line: Line, ground: Ground) -> str | None:
    """The commit of ours at which the branch stands. Not only the recorded one: whoever published may have died, or
    been overtaken by the next landing, before it could say so."""
    ours = set(RunStep.objects.filter(line=line).exclude(landed_oid="").values_list("landed_oid", flat=True))
    tip = ground.origin.tips().get(line.run.branch)
    return tip if tip in ours else line.published_oid or None


def _record(line: Line, state: str, detail: str, oid: str = "") -> None:
    with transaction.atomic():
        head = chain.lock(line.run_id)
        values = {"publish_state": state, "publish_detail": detail} | ({"published_oid": oid} if oid else {})
        # It may have moved on meanwhile and is behind again, or another worker has published it already.
        if not Line.objects.filter(pk=line.pk, head_oid=line.head_oid, publish_state="behind").update(**values):
            return
        body = {"line": line.pk, "branch": line.run.branch, "state": state, "oid": oid, "detail": detail}
        seq = chain.append(head, [chain.Record(f"line.{state}", ENGINE.name, ENGINE.via, "", body)])
        transaction.on_commit(lambda: tell(line.run_id, seq))
