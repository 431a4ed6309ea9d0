"""Pages without a browser: a real run on a real repository, and two people at the pages."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.test.client import ClientHandler

from tests.integration.engine.hand import Hand
from tests.repositories import repository


@pytest.fixture(scope="session")
def handler():
    """One chain of middleware for everybody: making one, with a look at every static file, took longer than a page."""
    return ClientHandler(enforce_csrf_checks=False)


def browser(handler: ClientHandler) -> Client:
    client = Client()
    client.handler = handler
    return client


@pytest.fixture
def hand(tmp_path, data):
    """Ada with a project; a person builds, so that no model is needed."""
    return Hand(repository(tmp_path / "bells"))


@pytest.fixture
def client(hand, handler):
    """Ada, signed in."""
    client = browser(handler)
    client.force_login(hand.user)
    return client


@pytest.fixture
def other(hand, handler):
    """Grace, signed in too."""
    client = browser(handler)
    client.force_login(get_user_model()._default_manager.create(username="grace"))
    return client


@pytest.fixture
def stranger(handler):
    """Nobody has signed in."""
    return browser(handler)


@pytest.fixture
def failed(hand):
    """A run with an open card: the check of step 2 has failed."""
    hand.start()
    hand.approve()
    hand.do("bells.py", "\n\ndef small():\n    return 'tong'\n")
    return hand.card("check")
