"""The agents of a project, and `signalbox.toml` as it is read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from orchestrator.roster import roster
from orchestrator.web.page import show
from plans.models import Project


@require_safe
def agents(request: HttpRequest, name: str) -> HttpResponse:
    project = get_object_or_404(Project, name=name)
    return show(request, "agents.html", project=project, roster=roster(project))
