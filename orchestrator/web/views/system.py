"""How this installation stands, what it keeps, and what the vault has saved."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orchestrator import storage
from orchestrator.actions import clearing
from orchestrator.actions.restoring import restore
from orchestrator.web.access import actor_of
from orchestrator.web.errors import TOLD, status_of
from orchestrator.web.page import Region, show
from orchestrator.web.reading.system import probes, queues, settings_in_force
from plans.models import Project

MOST = 60
"""How many worktrees, chains or states one page lists."""


@require_safe
def system(request: HttpRequest) -> HttpResponse:
    """Probes and queues are live; the folder's bytes are of the time that stands beside them."""
    return _system(request)


@require_POST
def remove_cache(request: HttpRequest, project_id: int, key: str) -> HttpResponse:
    """Remove one result of setup."""
    try:
        clearing.remove_cache(get_object_or_404(Project, pk=project_id), key, actor_of(request))
    except TOLD as error:
        return _system(request, status=status_of(error), error=str(error))
    return redirect("system")


def _system(request: HttpRequest, status: int = 200, error: str = "") -> HttpResponse:
    regions = {"now": Region("system/_now.html", lambda: {"probes": probes(), "queues": queues()})}
    worktrees = storage.worktrees()
    return show(
        request, "system.html", regions, projects=Project.objects.all(), sizes=storage.scale.read(),
        worktrees=worktrees[:MOST], worktree_count=worktrees.count(), chains=storage.chains()[:MOST],
        settings=settings_in_force(), setups=storage.kept_setups()[:MOST], status=status, error=error,
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def vault(request: HttpRequest, project_id: int, key: str) -> HttpResponse:
    """The states of one chain; POST restores one of them into a folder of its own."""
    project = get_object_or_404(Project, pk=project_id)
    if request.method != "POST":
        return _vault(request, project, key)
    try:
        restore(project, key, request.POST.get("state", ""), actor_of(request))
    except TOLD as error:
        return _vault(request, project, key, status=status_of(error), error=str(error))
    return redirect("vault", project_id, key)


def _vault(request: HttpRequest, project: Project, key: str, status: int = 200, error: str = "") -> HttpResponse:
    states = storage.states(project, key)
    if not states:
        raise Http404
    return show(
        request, "vault.html", status=status, project=project, key=key, states=states[:MOST], count=len(states),
        restored=storage.restored(project, key), error=error,
    )  # fmt: skip
