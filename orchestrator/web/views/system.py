"""How this installation stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from orchestrator.web.page import show
from orchestrator.web.reading.system import probes
from plans.models import Project


@require_safe
def system(request: HttpRequest) -> HttpResponse:
    return show(request, "system.html", probes=probes(), projects=Project.objects.all())
