"""What a check came to is not measured again because a process died after it."""

from __future__ import annotations

import pytest

from orchestrator.models import CheckRun
from tests.integration.faults.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.ledger("X3")
def test_a_candidate_whose_worker_died_after_its_checks_does_not_run_them_again(tmp_path, data):
    stage = Stage(tmp_path)
    assert stage.killed("after_checks")
    before = dict(CheckRun.objects.values_list("pk", "output_sha256"))
    stage.play()
    assert before and dict(CheckRun.objects.values_list("pk", "output_sha256")) == before
    assert not CheckRun.objects.exclude(reused_from=None).exists()
