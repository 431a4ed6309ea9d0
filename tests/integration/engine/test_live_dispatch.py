"""What happens to an agent at work: a rate limit, a pause, an abort, a wrong key, a server that answers nothing."""

from __future__ import annotations

import threading
import time

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from agents.rehearsal import Fault, RehearsalServer
from orchestrator import example
from orchestrator.actions import runs
from orchestrator.engine import worker
from orchestrator.engine.transitions import Actor, advance
from orchestrator.models import Decision, Dispatch, LogChunk
from orchestrator.rehearsing import EXAMPLES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def model(settings, data):
    """A model server that does what the test says, reached as a real one is: by URL and key."""
    servers = []

    def serve(*faults: Fault) -> None:
        server = RehearsalServer([EXAMPLES / "harbour"], faults=faults)
        settings.ANTHROPIC_BASE_URL = f"{server.start()}/harbour"
        settings.ANTHROPIC_API_KEY = "a key"
        servers.append(server)

    yield serve
    for server in servers:
        server.stop()


def begin() -> tuple:
    user = get_user_model()._default_manager.create(username="ada", is_superuser=True)
    actor = Actor("ada", "web")
    run = runs.approve(example.ensure_run(actor, user.pk), actor, user.pk, git="engine")
    assert not run.scripted
    return run, actor, user


def in_thread(run) -> threading.Thread:
    def work() -> None:
        try:
            while worker.work_once(run.pk):
                pass
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def until(condition, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


@pytest.mark.ledger("X12")
def test_a_rate_limit_waits_for_its_time_without_a_worker_and_goes_on(model):
    model(Fault(kind="rate_limit", ref="builder/2/1", times=1, retry_after=1))
    run, _, _ = begin()
    assert worker.work_once(run.pk)
    dispatch = Dispatch.objects.get()
    assert dispatch.status == "rate_limited" and dispatch.due > time.time()
    assert not worker.work_once(run.pk)
    until(lambda: time.time() > dispatch.due)
    advance(run.pk)
    assert worker.work_once(run.pk)
    dispatch.refresh_from_db()
    assert dispatch.status == "succeeded" and dispatch.attempt == 1


def test_pause_now_parks_a_running_agent_and_resume_goes_on_with_its_session(model):
    model(Fault(kind="stall", ref="builder/2/1", times=1, after=1, seconds=60))
    run, actor, user = begin()
    thread = in_thread(run)
    until(lambda: Dispatch.objects.filter(status="running").exists() and LogChunk.objects.exists())
    runs.pause(run, actor, "now")
    thread.join(60)
    assert Dispatch.objects.get().status == "parked"
    run.refresh_from_db()
    assert run.status == "paused"
    runs.resume(run, actor, user.pk)
    assert worker.work_once(run.pk)
    assert Dispatch.objects.order_by("id").first().status == "succeeded"


def test_abort_stops_a_running_agent_at_once(model):
    model(Fault(kind="stall", ref="builder/2/1", times=1, after=1, seconds=60))
    run, actor, _ = begin()
    thread = in_thread(run)
    until(lambda: Dispatch.objects.filter(status="running").exists())
    runs.abort(run, actor, "enough")
    thread.join(60)
    run.refresh_from_db()
    assert run.status == "aborted" and Dispatch.objects.get().status == "cancelled"


def test_a_wrong_key_is_said_on_a_card_in_one_sentence(model):
    model(Fault(kind="authentication", ref="builder/2/1", times=9))
    run, _, _ = begin()
    worker.work_once(run.pk)
    card = Decision.objects.get()
    assert card.kind == "agent_failed" and "key" in card.payload["reasons"][0]["text"].lower()


def test_a_key_that_is_gone_is_said_on_a_card_too(model, settings):
    model()
    run, _, _ = begin()
    settings.ANTHROPIC_API_KEY = ""
    worker.work_once(run.pk)
    assert "ANTHROPIC_API_KEY" in Decision.objects.get().payload["reasons"][0]["text"]
