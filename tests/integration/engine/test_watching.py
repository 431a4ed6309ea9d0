"""Watching a run: it ends where nothing moves without somebody, and whoever works says that they are there."""

from __future__ import annotations

import threading

import pytest

from orchestrator import presence
from orchestrator.actions import runs
from orchestrator.management.watching import NEEDS_PERSON, NO_WORKER, Watch
from tests.integration.engine.hand import Hand
from tests.repositories import repository

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(tmp_path, data):
    hand = Hand(repository(tmp_path / "bells"))
    hand.start()
    return runs.approve(hand.run, hand.actor, hand.user.pk)


def test_who_works_here_is_seen_as_a_worker_until_the_watch_is_over(run):
    seen = []
    watch = Watch(run, 0, work=True, say=lambda line: seen.append(presence.worker_is_alive()))
    assert watch.follow() == NEEDS_PERSON
    assert seen and all(seen) and not presence.worker_is_alive()


def test_a_worker_that_goes_away_is_waited_for_as_long_as_a_lease_and_then_missed(run, settings):
    settings.LEASE_SECONDS = 0.6
    presence.appear()
    threading.Timer(0.3, gone).start()
    assert Watch(run, 0, work=False, say=lambda line: None).follow() == NO_WORKER


def gone() -> None:
    from django.db import connection

    presence.vanish()
    connection.close()
