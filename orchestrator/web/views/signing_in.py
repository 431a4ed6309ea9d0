"""Sign-in by a link that works once; the link's page asks for one press, so that a prefetcher does not use it up."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from orchestrator.actions import signing_in
from orchestrator.exceptions import PersonError
from orchestrator.web.page import show


@login_not_required
@require_GET
def sign_in(request: HttpRequest) -> HttpResponse:
    """How to get in. Where the person wanted to go is kept for after it, if it is a page of ours."""
    if request.user.is_authenticated:
        return redirect("inbox")
    wanted = request.GET.get("next", "")
    if _is_ours(wanted):
        request.session["wanted"] = wanted
    return show(request, "sign_in.html")


@login_not_required
@sensitive_variables("token")
@require_http_methods(["GET", "HEAD", "POST"])
def use_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks for a press, POST signs in."""
    if request.method != "POST":
        return show(request, "sign_in_link.html", usable=signing_in.is_usable(token))
    try:
        user = signing_in.use_link(token)
    except PersonError as error:
        return show(request, "sign_in_link.html", status=422, usable=False, error=str(error))
    wanted = request.session.get("wanted", "")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect(wanted if _is_ours(wanted) else "inbox")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("signin")


def _is_ours(address: str) -> bool:
    return address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
