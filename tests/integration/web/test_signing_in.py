"""The way in: a link that works once."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from orchestrator.actions.signing_in import make_link
from orchestrator.models import Event, SignInLink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def link(hand):
    return urlsplit(make_link(hand.user.pk)).path


def signed_in(client) -> bool:
    return client.get("/runs/").status_code == 200


def test_the_page_says_how_to_get_a_link(stranger):
    assert "manage.py signin-link" in stranger.get("/sign-in/").content.decode()


def test_looking_at_a_link_does_not_use_it_up(stranger, link):
    for _ in range(3):
        assert "Sign in" in stranger.get(link).content.decode()
    assert not signed_in(stranger)
    assert stranger.post(link)["Location"] == "/"
    assert signed_in(stranger)


def test_a_link_works_once(stranger, other, link):
    stranger.post(link)
    other.logout()
    answer = other.post(link)
    assert answer.status_code == 422 and "has been used" in answer.content.decode()
    assert not signed_in(other)


def test_a_link_runs_out(stranger, link):
    SignInLink.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert stranger.post(link).status_code == 422
    assert not signed_in(stranger)


def test_the_token_is_stored_only_as_a_hash(link):
    token = link.split("/")[2]
    assert SignInLink.objects.get().token_sha256 != token
    assert not any(token in event.body for event in Event.objects.all())


@pytest.mark.parametrize(
    "wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_leads_to_no_other_site(stranger, link, wanted):
    stranger.get("/sign-in/", {"next": wanted})
    assert stranger.post(link)["Location"] == "/"


def test_signing_in_leads_to_where_the_person_wanted_to_go(stranger, link):
    assert stranger.get(stranger.get("/runs/")["Location"]).status_code == 200
    assert stranger.post(link)["Location"] == "/runs/"


def test_signing_out_ends_the_session(client):
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert not signed_in(client)
