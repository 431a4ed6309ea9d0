"""A worker is killed at every failpoint; the next one goes on, and nothing is lost or done twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestrator import failpoints
from orchestrator.models import Candidate, Dispatch, Workspace
from tests.integration.faults.stage import FAST, IMPATIENT, LIMIT_SECONDS, Stage, by_hand, until
from tests.services import postgresql

pytestmark = pytest.mark.django_db(transaction=True)

STATE_CORE = ("before_commit", "after_commit", "before_publish", "after_claim", "before_result", "after_result")
BY_PERSON = ("after_claim", "before_worktree", "after_worktree", "after_person_worktree")
NOT_HERE = (*failpoints.RECOVERY, *failpoints.HANDOVERS, *failpoints.SETUPS, "after_person_worktree")
BY_WORKER = [name for name in failpoints.NAMES if name not in NOT_HERE]
LOST_AT = {"after_take": "while_running", "before_settle": "after_swap", "after_settle": "before_swap"}
"""Where the first worker dies so that the second dies in its recovery."""


@pytest.fixture
def stage(tmp_path, data):
    return Stage(tmp_path)


@pytest.mark.ledger("X14")
@pytest.mark.parametrize("name", BY_WORKER)
def test_the_next_worker_goes_on_after_one_was_killed_at(name, stage):
    assert stage.killed(name)
    stage.play()
    stage.assert_done()


@pytest.mark.ledger("X14")
@pytest.mark.parametrize("name", failpoints.RECOVERY)
def test_a_worker_killed_while_it_recovers_from_another_is_recovered_from(name, stage):
    assert stage.killed(LOST_AT[name])
    assert stage.killed(name)
    stage.play()
    stage.assert_done()


@pytest.mark.ledger("X13", "X14")
@pytest.mark.parametrize("name", BY_PERSON)
def test_a_step_is_handed_to_its_person_although_a_worker_was_killed_at(name, tmp_path, data):
    stage = Stage(tmp_path, runner="person")
    assert stage.killed(name)
    assert stage.end_of(stage.worker()) == 0
    by_hand(stage)
    stage.play()
    stage.assert_done()


def test_a_step_whose_worker_dies_three_times_is_a_persons_question(stage):
    for _ in range(3):
        assert stage.killed("while_running")
    assert stage.end_of(stage.worker()) == 0
    assert stage.hand.card().kind == "lost"
    assert Dispatch.objects.filter(status="lost").count() == 3
    stage.assert_invariants()


@pytest.mark.ledger("X14")
def test_what_one_step_does_to_its_workers_does_not_keep_another_run_from_its_end(stage, tmp_path):
    for _ in range(3):
        assert stage.killed("while_running")
    other = Stage(tmp_path / "other")
    assert other.play().status == "succeeded"
    other.assert_invariants()
    assert stage.end_of(stage.worker()) == 0
    assert stage.hand.card().kind == "lost"


@pytest.mark.ledger("X13", "X14")
def test_a_step_whose_worktree_was_being_made_on_a_host_that_died_is_taken_on_by_another(tmp_path, data):
    stage = Stage(tmp_path, runner="person")
    assert stage.killed("before_worktree")
    dispatch = Dispatch.objects.get()
    Dispatch.objects.update(holder=dispatch.holder | {"host": "elsewhere"})
    assert stage.end_of(stage.worker(**IMPATIENT)) == 0
    by_hand(stage)
    stage.play()
    stage.assert_done()


def test_a_host_that_takes_long_to_make_a_persons_worktree_keeps_it(tmp_path, data):
    stage = Stage(tmp_path, runner="person")
    slow = stage.worker("before_worktree:1:4", **IMPATIENT)
    until(lambda: Dispatch.objects.filter(status="with_person").exists())
    Dispatch.objects.update(holder=Dispatch.objects.get().holder | {"host": "elsewhere"})
    other = stage.worker(**IMPATIENT)
    assert [stage.end_of(slow), stage.end_of(other)] == [0, 0]
    assert Dispatch.objects.get().epoch == 1 and Workspace.objects.count() == 1
    by_hand(stage)
    stage.play()
    stage.assert_done()


def test_a_commit_that_reached_the_line_before_the_kill_is_found_landed(stage):
    assert stage.killed("after_swap")
    assert Candidate.objects.get().status == "pushing"
    stage.play()
    candidate = Candidate.objects.get()
    assert (candidate.status, candidate.stale) == ("landed", 0)
    stage.assert_done()


def test_the_environment_names_the_place_where_a_process_dies(stage):
    told = {name: str(value) for name, value in FAST.items()}
    environment = os.environ | {f"SIGNALBOX_{name}": value for name, value in told.items()}
    environment |= {"SIGNALBOX_FAILPOINT": "before_commit:2", "SIGNALBOX_DATA": str(stage.data)}
    environment |= {"DATABASE_URL": stage.database_url}
    argv = [sys.executable, "-m", "tests.integration.faults.worker", str(stage.run.pk)]
    assert subprocess.run(argv, env=environment, timeout=LIMIT_SECONDS, check=False).returncode == -9
    assert Dispatch.objects.get().status == "preparing"
    stage.play()
    stage.assert_done()


@pytest.mark.soak
@pytest.mark.ledger("X14")
@pytest.mark.parametrize("name", BY_WORKER)
def test_every_passing_of(name, tmp_path, data):
    for nth in range(1, 100):
        stage = Stage(tmp_path / str(nth), steps=2, data=tmp_path / f"data{nth}")
        if not stage.killed(f"{name}:{nth}"):
            break
        stage.play()
        stage.assert_done()
    assert nth > 1


def _on_postgresql(*arguments: str) -> None:
    """This file's tests again, on a PostgreSQL of their own."""
    with postgresql() as url:
        argv = [sys.executable, "-m", "pytest", __file__, "-p", "no:cacheprovider", *arguments]
        done = subprocess.run(argv, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout + done.stderr


def test_the_state_core_is_as_safe_on_postgresql():
    wanted = " or ".join(f"{name}]" for name in STATE_CORE)
    _on_postgresql("-k", f"goes_on and ({wanted})")


@pytest.mark.soak
def test_every_failpoint_is_as_safe_on_postgresql():
    _on_postgresql("-k", "not postgresql and not environment")
    user_managed = str(Path(__file__).with_name("test_user_kills.py"))
    _on_postgresql(user_managed, "-m", "soak", "-k", "every_passing or any_passing")
