"""Nobody sees or does anything without having signed in."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = {"/sign-in/", "/sign-in/x/"}
VALUES = {"int": "1", "str": "x", "step_key": "x", "path": "x", "slug": "x"}


def addresses(resolver: URLResolver, before: str = "/") -> list[str]:
    """Every address of the URL conf, with a value in each gap."""
    found = []
    for entry in resolver.url_patterns:
        route = getattr(entry.pattern, "_route", None)
        if route is None:  # admin's catch-all is a regular expression
            continue
        filled = before + re.sub(r"<(?:(\w+):)?\w+>", lambda gap: VALUES[gap[1] or "str"], route)
        found += addresses(entry, filled) if isinstance(entry, URLResolver) else [filled]
        assert isinstance(entry, URLPattern | URLResolver)
    return found


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_gets_nothing_but_the_sign_in_page(stranger, method):
    urls = addresses(get_resolver())
    assert len(urls) > 60
    for url in urls:
        answer = getattr(stranger, method)(url)
        signs_in = (answer.status_code == 302 and "/login/" in answer["Location"]) or "/sign-in/" in answer.get(
            "Location", ""
        )
        assert signs_in or url in OPEN or url in ("/admin/login/", "/admin/logout/"), (url, answer.status_code)


def test_a_person_who_was_switched_off_is_a_stranger(client, hand):
    assert client.get("/runs/").status_code == 200
    hand.user.is_active = False
    hand.user.save()
    assert client.get("/runs/").status_code == 302


def test_a_post_without_the_token_is_refused(hand):
    hand.start()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(hand.user)
    assert browser.post(f"/runs/{hand.run.pk}/pause/", {"after": "now"}).status_code == 403
    browser.get("/start/")
    token = browser.cookies["csrftoken"].value
    answer = browser.post(f"/runs/{hand.run.pk}/abort/", {"reason": "test"}, headers={"X-CSRFToken": token})
    assert answer.status_code == 302
    hand.run.refresh_from_db()
    assert hand.run.status == "aborted"


def test_pages_allow_no_foreign_and_no_inline_script(client):
    answer = client.get("/")
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


def test_another_host_name_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
