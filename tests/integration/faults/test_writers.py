"""Many writers on several runs at once: no lock error, no lost event."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from orchestrator import chain
from orchestrator.models import Event
from tests.integration.engine.hand import Hand
from tests.integration.faults import writers
from tests.integration.faults.stage import LIMIT_SECONDS, context
from tests.repositories import repository

WRITERS, TIMES = 8, 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.ledger("X14")
def test_eight_processes_that_change_four_runs_lose_no_event(tmp_path, data):
    hand = Hand(repository(tmp_path / "bells"))
    runs = [hand.start(branch=f"b{number}").pk for number in range(4)]
    before = Event.objects.filter(chain__in=runs).count()
    told = copy.deepcopy(connection.settings_dict), Path(settings.DATA), runs, TIMES
    done = context.Queue()
    processes = [context.Process(target=writers.write, args=(*told, number, done)) for number in range(WRITERS)]
    for process in processes:
        process.start()
    answers = [done.get(timeout=LIMIT_SECONDS) for _ in processes]
    for process in processes:
        process.join()
    assert answers == [TIMES] * WRITERS
    assert Event.objects.filter(chain__in=runs).count() == before + WRITERS * TIMES * 2
    assert list(chain.verify()) == []
