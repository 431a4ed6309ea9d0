"""A worker is killed at every failpoint; the next one goes on, and nothing is lost or done twice."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection

from orchestrator import failpoints
from tests.integration.faults.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)

STATE_CORE = ("before_commit", "after_commit", "before_publish", "after_claim", "before_result", "after_result")
BY_PERSON = ("after_person_worktree",)
BY_WORKER = [name for name in failpoints.NAMES if name not in failpoints.RECOVERY + BY_PERSON]


@pytest.fixture
def stage(tmp_path, data):
    return Stage(tmp_path)


@pytest.mark.ledger("X13")
@pytest.mark.parametrize("name", BY_WORKER)
def test_a_worker_killed_at(name, stage):
    assert stage.killed(name)
    stage.play()
    stage.assert_done()
