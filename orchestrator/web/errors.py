"""What goes wrong, as a page or, for a part of one, as a note: the cause, the next act, the request's id; never a
stack trace."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils.deprecation import MiddlewareMixin

from agents.exceptions import AgentsError
from orchestrator.engine import shortage
from orchestrator.exceptions import PersonError, SignalboxError, StaleDecision
from plans.exceptions import PlanError

TOLD = (SignalboxError, AgentsError, PlanError)
"""Errors whose message is a sentence for a person."""
_TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

_SAID: Mapping[int, tuple[str, str]] = {
    400: ("This request could not be read", "Something in it is malformed. Go back, load the page again, try again."),
    403: ("This was refused", "You may not do this. Whoever runs Signalbox here can allow it."),
    404: ("There is nothing at this address", "It may have been mistyped, or the thing it named is not there."),
    405: ("This address takes no visit", "It is where a button leads. Go back to the page with the button, press it."),
    409: ("Somebody was first", "Load the page again to see how it stands now."),
    413: ("This is too large", "A form may hold 2.5 MB and a thousand fields. Shorten what you typed, send it again."),
    422: ("It could not be done", "Go back, change it, and try again."),
    503: ("There is no room for this now", "Nothing was changed. Try again when there is."),
    500: ("Something broke here", "That is our fault. What was running goes on; the server's log says more."),
}
"""The heading, and the next act where the error itself names none."""
_FORM_TOO_OLD = "The form may be from before you signed in. Go back, load the page again, and send it once more."


def status_of(error: Exception) -> int:
    """409 where somebody was first, 422 for what cannot be done as asked, 500 where the fault is ours."""
    if isinstance(error, StaleDecision):
        return 409
    return 422 if isinstance(error, (PersonError, PlanError)) else 500


def told(request: HttpRequest, status: int, text: str = "") -> HttpResponse:
    """An error as the page or, where only a part of a page was asked for, as the note that stands in its place."""
    heading, act = _SAID[status]
    part = bool(request.headers.get("HX-Request") or request.headers.get("X-Region"))
    values = {"heading": heading, "text": text or act, "id": id_of(request), "status": status}
    return render(request, "_error.html" if part else "error.html", values, status=status)


def id_of(request: HttpRequest) -> str:
    """What a request is called in the answer's header, on an error's page and in the log."""
    return getattr(request, "request_id", "")


class Requests(MiddlewareMixin):
    """Gives every request its id. It stands first, so that no answer goes without."""

    def process_request(self, request: HttpRequest) -> None:
        request.request_id = secrets.token_hex(6)  # type: ignore[attr-defined]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.headers.get("HX-Request") and response.headers.get("Location", "").startswith(_sign_in()):
            # A part of a page cannot show the way in: the whole page goes there.
            response = HttpResponse(status=401, headers={"HX-Refresh": "true"})
        response["X-Request-Id"] = id_of(request)
        return response


def _sign_in() -> str:
    return resolve_url(settings.LOGIN_URL)


class PersonErrors(MiddlewareMixin):
    """Errors that no view has shown beside its form, and the empty answer to a visit where a button leads."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return told(request, 405) if response.status_code == 405 and not response.content else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError) and (lacking := shortage.sign_of(error)):
            return told(request, 503, f"Nothing was changed. {lacking.sentence}")
        return told(request, status_of(error), str(error)) if isinstance(error, TOLD) else None


class WithRequestId(logging.Filter):
    """Gives a log line the id of its request, "-" where it has none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = id_of(record.request) if hasattr(record, "request") else "-"
        return True


# -- what Django calls -------------------------------------------------------------------------------------------------


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return told(request, 413 if isinstance(exception, _TOO_BIG) else 400)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    return told(request, 403)


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    return told(request, 403, _FORM_TOO_OLD)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return told(request, 404)


def broke(request: HttpRequest, *_: Any) -> HttpResponse:
    """Where not even the frame around the page can be had, as without a database, a page that needs nothing."""
    try:
        return told(request, 500)
    except Exception:
        return HttpResponse(render_to_string("500.html", {"id": id_of(request)}), status=500)
