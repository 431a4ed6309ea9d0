"""A plan as it was read: its source, its steps, what is wrong with it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from orchestrator.web.access import runs_of
from orchestrator.web.page import show
from orchestrator.web.reading.plans import plan_view
from plans.models import Plan


@require_safe
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    found = get_object_or_404(Plan.objects.select_related("project"), pk=plan_id)
    runs = runs_of(request.user).filter(plan=found)[:5]
    return show(request, "plan.html", plan=found, view=plan_view(found), runs=runs)
