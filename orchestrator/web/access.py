"""Who may see what. Every active person may see every run; each page, fragment and socket asks here."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from orchestrator.engine.transitions import Actor
from orchestrator.models import Decision, Run, RunHead


def runs_of(user: Any) -> QuerySet[Run]:
    """The runs a person may see, each with `seq`: where its record stood when it was read, before all that follows."""
    runs = Run.objects.select_related("project", "plan", "revision", "created_by").annotate(seq=_seq("pk"))
    return runs if user.is_authenticated and user.is_active else runs.none()


def decisions_of(user: Any) -> QuerySet[Decision]:
    """The cards a person may see and answer, each with the `seq` of its run."""
    cards = Decision.objects.select_related("run__project", "run__plan", "decided_by").annotate(seq=_seq("run_id"))
    return cards.filter(run__in=runs_of(user))


def _seq(run: str) -> Subquery:
    return Subquery(RunHead.objects.filter(chain=OuterRef(run)).values("seq")[:1])


def seq_of(row: Any) -> int:
    """Where the record of a run stood when this row of `runs_of` or `decisions_of` was read."""
    return int(row.seq)


def user_id(request: HttpRequest) -> int:
    """The key of the signed-in person; every page needs one."""
    assert request.user.pk is not None
    return int(request.user.pk)


def actor_of(request: HttpRequest) -> Actor:
    """The person behind a request, as the record names them."""
    return Actor(request.user.get_username(), "web")
