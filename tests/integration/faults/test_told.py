"""What a person is told while something is in the way: on every page, on the System page and in the terminal."""

from __future__ import annotations

import time

import pytest
from django.db import OperationalError
from django.test import Client

from orchestrator import broker, presence, queries, reports
from orchestrator.engine.holder import me
from orchestrator.models import Worker
from orchestrator.web.errors import PersonErrors
from tests.integration.engine.hand import Hand
from tests.repositories import repository
from tests.services import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hand(tmp_path, data, settings):
    settings.SHORTAGE_SECONDS = 0.0  # what other tests of this process have met
    hand = Hand(repository(tmp_path / "bells"))
    hand.start()
    hand.approve()
    return hand


@pytest.fixture
def client(hand):
    client = Client()
    client.force_login(hand.user)
    return client


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("url", ["/", "/runs/", "/system/", "/frame/"])
def test_every_page_says_that_the_disk_is_nearly_full_and_stops_saying_so(url, client, settings):
    assert "nearly full" not in page(client, url)
    settings.FREE_FLOOR_BYTES = 10**18
    assert "nearly full" in page(client, url)
    settings.FREE_FLOOR_BYTES = 1
    assert "nearly full" not in page(client, url)


def test_a_worker_of_another_host_says_what_its_own_host_lacks(hand, client):
    theirs = me() | {"host": "elsewhere", "lacks": "The disk is full."}
    Worker.objects.create(name="elsewhere:7", holder=theirs, seen=time.time())
    assert presence.hindrances() == ["Worker elsewhere: The disk is full."]
    assert "Worker elsewhere: The disk is full." in page(client, "/")
    shown = reports.overview(hand.run, queries.run_as_dict(hand.run))
    assert "WAITING: Worker elsewhere: The disk is full." in shown


def test_a_broker_that_does_not_answer_is_called_degraded(client, settings):
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    assert broker.trouble().startswith("Degraded")
    assert "Degraded" in page(client, "/system/")
    settings.REDIS_URL = ""
    assert broker.trouble() == ""


def test_a_form_that_a_full_database_refuses_is_answered_with_what_to_do(rf, hand):
    request = rf.post(f"/runs/{hand.run.pk}/pause/")
    request.user, request.COOKIES = hand.user, {}
    answer = PersonErrors(lambda _: None).process_exception(request, OperationalError("database or disk is full"))
    assert answer.status_code == 503 and "Nothing was changed. The disk is full." in answer.content.decode()
