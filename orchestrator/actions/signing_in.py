"""Sign-in by a link that works once. There is no password unless an operator sets one."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from orchestrator import chain
from orchestrator.exceptions import PersonError
from orchestrator.models import SignInLink


def make_link(user_id: int, via: str = "command line") -> str:
    """The address of a new link for a user, on this installation's own host and port."""
    token = secrets.token_urlsafe(32)
    expires = timezone.now() + timedelta(seconds=settings.SIGNIN_LINK_SECONDS)
    SignInLink.objects.filter(expires__lt=timezone.now() - timedelta(days=1)).delete()
    link = SignInLink.objects.create(user_id=user_id, token_sha256=_hash(token), expires=expires)
    chain.note("person.link_made", link.user.get_username(), via)
    return f"http://{_host()}:{settings.PORT}/sign-in/{token}/"


def is_usable(token: str) -> bool:
    """Whether a link would still work; looking does not use it up."""
    return SignInLink.objects.filter(**_live(token)).exists()


def use_link(token: str) -> Any:
    """Use a link up and return its user. Raises PersonError when it was used, has run out, or never was."""
    taken = SignInLink.objects.filter(**_live(token)).update(used=timezone.now())
    if not taken:
        raise PersonError("This link has been used, or its time has run out. Make a new one: manage.py signin-link")
    link = SignInLink.objects.select_related("user").get(token_sha256=_hash(token))
    chain.note("person.signed_in", link.user.get_username(), "web")
    return link.user


def _live(token: str) -> dict[str, Any]:
    active = get_user_model()._default_manager.filter(is_active=True)
    return {"token_sha256": _hash(token), "used": None, "expires__gt": timezone.now(), "user__in": active}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _host() -> str:
    """The name to reach this host by: an address that listens everywhere is no place to go to."""
    return "localhost" if settings.HOST in ("0.0.0.0", "::", "127.0.0.1") else str(settings.HOST)  # noqa: S104
