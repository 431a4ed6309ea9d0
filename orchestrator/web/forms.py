"""A form does its work once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable

from django.db import IntegrityError
from django.http import HttpRequest

from orchestrator.exceptions import PersonError
from orchestrator.models import SentForm
from orchestrator.web.access import user_id


def sent_once(request: HttpRequest, act: Callable[[], str]) -> str:
    """Where to go after a form: `act` is called for the first of equal `form_key`s, the others go where it led.

    Raises PersonError while the first is still under way, and whatever `act` raises; then the form may be sent again.
    """
    key = request.POST.get("form_key", "")[:64]
    if not key:
        return act()
    try:
        mine = SentForm.objects.create(user_id=user_id(request), key=key)
    except IntegrityError:
        return _earlier(request, key)
    try:
        mine.location = act()
    except BaseException:
        mine.delete()
        raise
    mine.save(update_fields=["location"])
    return mine.location


def _earlier(request: HttpRequest, key: str) -> str:
    location = SentForm.objects.filter(user_id=user_id(request), key=key).values_list("location", flat=True).first()
    if not location:
        raise PersonError("This form was sent already and is being worked on. Look at the runs page in a moment.")
    return location
