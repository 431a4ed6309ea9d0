"""Who may see what. Every active person may see every run; each page, fragment and socket asks here."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from orchestrator.engine.transitions import Actor
from orchestrator.models import Decision, Run


def runs_of(user: Any) -> QuerySet[Run]:
    """The runs a person may see."""
    runs = Run.objects.select_related("project", "plan", "revision", "created_by")
    return runs if user.is_authenticated and user.is_active else runs.none()


def decisions_of(user: Any) -> QuerySet[Decision]:
    """The cards a person may see and answer."""
    return Decision.objects.select_related("run__project", "run__plan", "decided_by").filter(run__in=runs_of(user))


def actor_of(request: HttpRequest) -> Actor:
    """The person behind a request, as the record names them."""
    return Actor(request.user.get_username(), "web")
