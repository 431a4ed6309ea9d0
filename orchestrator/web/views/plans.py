"""Plans: all that there are, and one as it was read: its source, its steps, what is wrong with it, what it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from orchestrator.actions import plans as acts
from orchestrator.actions.projects import find_project
from orchestrator.web.access import actor_of, runs_of
from orchestrator.web.page import show
from orchestrator.web.reading.plan import graph, listing, problems, source, statements, steps, versions
from orchestrator.web.reading.plan.text import Text, open_text
from plans.dialects import DIALECTS
from plans.models import Plan, Project, Revision


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a plan's page; 0 and "" ask for nothing."""

    tab: str
    file: str
    level: str
    code: str
    q: str
    revision: int
    step: int
    line: int
    page: int
    before: int
    now: int

    @classmethod
    def of(cls, values: Mapping[str, str]) -> Asked:
        words = (values.get(name, "") for name in ("tab", "file", "level", "code", "q"))
        numbers = (_number(values.get(name, "")) for name in ("revision", "step", "line", "page", "before", "now"))
        return cls(*words, *numbers)  # type: ignore[arg-type]


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 10 else 0


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.get("project", "")
    projects = list(Project.objects.all())
    shown = [project for project in projects if wanted in ("", project.name)]
    return show(request, "plans.html", projects=projects, wanted=wanted, groups=listing.listing(shown))


@require_safe
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    found = get_object_or_404(Plan.objects.select_related("project", "current"), pk=plan_id)
    asked = Asked.of(request.GET.dict())
    try:
        text = open_text(found, asked.revision)
        tab = asked.tab if asked.tab in TABS else "source"
        values = TABS[tab](text, asked)
    except Revision.DoesNotExist:
        raise Http404 from None
    runs = runs_of(request.user).filter(plan=found).order_by("-id")[:5]
    return show(
        request, "plan.html", plan=found, text=text, asked=asked, tab=tab, runs=runs, dialects=DIALECTS,
        keep=f"revision={asked.revision}&" if asked.revision else "", **values,
    )  # fmt: skip


def _source(text: Text, asked: Asked) -> dict[str, Any]:
    """The source beside the steps: a step brings its lines, a line its step."""
    shown = steps.steps(text, asked.step, asked.page)
    chosen = shown.selected
    files = list(text.files)
    file = asked.file if asked.file in text.files else chosen.file if chosen else text.main or next(iter(files), "")
    line = asked.line or (chosen.step.line if chosen else 0)
    if not file:
        return {"steps": shown, "source": None, "line": 0}
    seen = source.source(text, file, line, problems.placed(text))
    owner = next((one.step for one in seen.lines if one.number == line), 0)
    if owner and not chosen:
        shown = steps.steps(text, owner, 0)
    return {"steps": shown, "source": seen, "line": line, "files": files}


def _problems(text: Text, asked: Asked) -> dict[str, Any]:
    page = max(1, asked.page)
    found = problems.filtered(problems.placed(text), asked.level, asked.code, page)
    return {"problems": found, "page": page, "more": found.matching > page * problems.PAGE}


def _graph(text: Text, asked: Asked) -> dict[str, Any]:
    page = max(1, asked.page)
    found = graph.graph(text, asked.q, page)
    return {"graph": found, "page": page, "more": found.matching > page * graph.PAGE}


def _states(text: Text, asked: Asked) -> dict[str, Any]:
    return {"statements": statements.statements(text.parsed)}


def _versions(text: Text, asked: Asked) -> dict[str, Any]:
    """The newest text beside the one before it, or any two that are asked for."""
    known = versions.versions(text.plan)
    now = asked.now or (known[0].pk if known else 0)
    older = [version.pk for version in known if version.pk < now]
    before = asked.before or (older[0] if older else 0)
    if not (before and now):
        return {"versions": known, "comparison": None}
    pair = (text.plan.revisions.get(pk=pk) for pk in (before, now))
    return {"versions": known, "comparison": versions.compare(*pair)}


TABS: Mapping[str, Callable[[Text, Asked], dict[str, Any]]] = {
    "source": _source,
    "steps": _source,
    "problems": _problems,
    "graph": _graph,
    "states": _states,
    "versions": _versions,
}
"""A narrow screen shows either the source or the steps, a wide one both."""


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Read a file as a plan, for the first time or anew."""
    project = find_project(request.POST.get("project", ""))
    path = request.POST.get("path", "").strip()
    return redirect("plan", acts.read(project, path, actor_of(request)).pk)


@require_POST
def dialect(request: HttpRequest, plan_id: int) -> HttpResponse:
    found = get_object_or_404(Plan.objects.select_related("project"), pk=plan_id)
    acts.choose_dialect(found, request.POST.get("dialect", ""), actor_of(request))
    return redirect("plan", found.pk)
