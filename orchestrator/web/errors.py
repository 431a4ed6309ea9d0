"""What goes wrong in a view, as a page: the cause and the next act, never a stack trace."""

from __future__ import annotations

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from agents.exceptions import AgentsError
from orchestrator.engine import shortage
from orchestrator.exceptions import PersonError, SignalboxError, StaleDecision
from plans.exceptions import PlanError

TOLD = (SignalboxError, AgentsError, PlanError)
"""Errors whose message is a sentence for a person."""


def status_of(error: Exception) -> int:
    """409 where somebody was first, 422 for what cannot be done as asked, 500 where the fault is ours."""
    if isinstance(error, StaleDecision):
        return 409
    return 422 if isinstance(error, (PersonError, PlanError)) else 500


class PersonErrors(MiddlewareMixin):
    """Errors that no view has shown beside its form."""

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError) and (lacking := shortage.sign_of(error)):
            said = f"Nothing was changed. {lacking.sentence}"
            return render(request, "error.html", {"error": said, "back": request.path}, status=503)
        if not isinstance(error, TOLD):
            return None
        return render(request, "error.html", {"error": str(error), "back": request.path}, status=status_of(error))
