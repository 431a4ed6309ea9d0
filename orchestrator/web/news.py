"""From events to the regions of a page that they make stale."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest

from orchestrator.models import Event, RunHead
from orchestrator.presence import hindrances, worker_is_alive
from orchestrator.web.access import runs_of

MOST = 500
EVERYTHING = "*"


def regions_since(run_id: int, since: int) -> dict[str, Any]:
    """`{seq, regions}`: words that regions listen to. A gap of more than MOST events makes every region stale.

    An event of a step, dispatch, … stands for that word; beside it for `step:<key>` and `decision:<id>`."""
    seq = RunHead.objects.filter(chain=run_id).values_list("seq", flat=True).first() or 0
    if seq <= since:
        return {"seq": seq, "regions": []}
    if seq - since > MOST:
        return {"seq": seq, "regions": [EVERYTHING]}
    events = Event.objects.filter(chain=run_id, seq__gt=since, seq__lte=seq)
    return {"seq": seq, "regions": sorted({word for event in events for word in _words(event)})}


def _words(event: Event) -> set[str]:
    machine = event.kind.partition(".")[0]
    words = {machine, "events"}
    if event.step:
        words.add(f"step:{event.step}")
    if machine == "decision":
        words.add(f"decision:{json.loads(event.body)['id']}")
    return words


def stamp_of(request: HttpRequest, **_: Any) -> str:
    """The ETag of a page over many runs: where each run stands that the person may see, and whether work is done."""
    runs = runs_of(request.user).order_by().values("pk")
    heads = RunHead.objects.filter(chain__in=runs).order_by("chain").values_list("chain", "seq")
    parts = [request.get_full_path(), request.user.pk, request.COOKIES.get("theme"), request.COOKIES.get("keys")]
    stamp = json.dumps([parts, list(heads), worker_is_alive(), hindrances(), request.META.get("CSRF_COOKIE", "")])
    return f'"{hashlib.sha256(stamp.encode()).hexdigest()[:32]}"'
