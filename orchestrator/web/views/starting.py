"""Adding a repository, and starting a run of a plan in it."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from orchestrator import rehearsing
from orchestrator.actions import runs
from orchestrator.actions.projects import add_project, find_project
from orchestrator.actions.reading import plans_of
from orchestrator.engine.policy import GIT_MODES, profile_names
from orchestrator.web.access import actor_of, user_id
from orchestrator.web.errors import TOLD, status_of
from orchestrator.web.forms import sent_once
from orchestrator.web.page import show
from plans.models import Project

FIELDS = ("plan", "profile", "runner", "reviewer", "git", "scope", "branch")
ADDITION = ("location", "name", "branch", "author")


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """GET shows the plans of a project, POST compiles the chosen one and goes to its approval."""
    if request.method != "POST":
        return _page(request)
    try:
        return redirect(sent_once(request, lambda: _started(request)))
    except TOLD as error:
        return _page(request, status=status_of(error), error=str(error))


def _started(request: HttpRequest) -> str:
    wish = runs.Wish(**{name: request.POST.get(name, "").strip() for name in FIELDS})
    project = find_project(request.POST.get("project", ""))
    run = runs.start(project, wish, actor_of(request), user_id(request))
    return reverse("dispatch", args=[run.pk])


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Add a repository by its folder or URL."""
    try:
        location, name, branch, author = (request.POST.get(field, "").strip() for field in ADDITION)
        project = add_project(location, actor_of(request), name=name, branch=branch, author=author)
    except TOLD as error:
        return _page(request, status=status_of(error), add_error=str(error))
    return redirect(f"{reverse('start')}?project={project.name}")


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    projects = list(Project.objects.all())
    name = request.POST.get("project") or request.GET.get("project", "")
    chosen = next((p for p in projects if p.name == name), projects[0] if projects else None)
    return show(
        request, "start.html", status=status, projects=projects, chosen=chosen,
        plans=plans_of(chosen) if chosen else [], profiles=profile_names(), git_modes=GIT_MODES,
        has_model=rehearsing.has_model(), given=request.POST or request.GET, form_key=secrets.token_urlsafe(16), **more,
    )  # fmt: skip
