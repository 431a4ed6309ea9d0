"""Lock files that a killed git leaves behind, and open files that run out."""

from __future__ import annotations

import os
import resource

import psutil
import pytest

from agents.exceptions import GitError
from agents.workspaces.git import Git
from agents.workspaces.hub import Hub
from orchestrator.engine.ground import Ground
from orchestrator.models import Dispatch, Event, Line
from tests.integration.faults.stage import Stage
from tests.repositories import repository

OLD = 1_000_000_000


@pytest.fixture
def hub(tmp_path):
    hub = Hub(tmp_path / "hub.git").ensure()
    hub.fetch_source(repository(tmp_path / "bells"), "main")
    return hub


@pytest.fixture
def lock(hub):
    """The lock of a ref whose git was killed long ago."""
    lock = hub.path / "refs" / "source" / "main.lock"
    lock.touch()
    os.utime(lock, (OLD, OLD))
    return lock


def move(hub: Hub) -> None:
    tip = hub.ref("refs/source/main")
    assert tip
    hub.set_ref("refs/source/main", hub.log(None, tip)[0].oid)


def test_a_lock_that_a_dead_git_left_is_removed(hub, lock):
    move(hub)
    assert not lock.exists()


def test_the_lock_of_a_git_that_is_alive_stays(hub, lock):
    with lock.open(), pytest.raises(GitError, match="File exists"):
        move(hub)
    assert lock.exists()


def test_a_fresh_lock_stays_for_its_owner_may_be_out_of_sight(hub, lock):
    os.utime(lock)
    with pytest.raises(GitError, match="File exists"):
        move(hub)
    assert lock.exists()


def test_a_lock_in_a_repository_that_is_not_ours_stays(hub, lock):
    tip = hub.ref("refs/source/main")
    with pytest.raises(GitError, match="File exists"):
        Git(hub.path).run("update-ref", "refs/source/main", tip or "")
    assert lock.exists()


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_line_is_locked_waits_and_lands_once_the_lock_is_known_to_be_left(tmp_path, data):
    stage = Stage(tmp_path, changed={"SHORTAGE_SECONDS": 60.0})
    line = Line.objects.get()
    lock = Ground.of(stage.run.project).hub.path / f"{line.ref}.lock"
    lock.touch()
    assert stage.end_of(stage.worker()) == 0
    stage.run.refresh_from_db()
    assert not stage.run.decisions.exists() and lock.exists()
    os.utime(lock, (OLD, OLD))
    stage.play()
    stage.assert_done()


@pytest.mark.django_db(transaction=True)
def test_a_host_without_open_files_left_puts_the_dispatch_back_and_counts_nothing(tmp_path, data):
    stage = Stage(tmp_path)
    worker = stage.stopped("before_worktree", SHORTAGE_SECONDS=0.5)
    process = psutil.Process(worker.pid)
    limit = process.rlimit(resource.RLIMIT_NOFILE)
    process.rlimit(resource.RLIMIT_NOFILE, (process.num_fds() + 1, limit[1]))
    process.resume()
    while not Event.objects.filter(kind="dispatch.handed_over").exists():
        assert worker.is_alive()
    process.rlimit(resource.RLIMIT_NOFILE, limit)
    assert stage.end_of(worker) == 0
    dispatch = Dispatch.objects.earliest("id")
    assert (dispatch.infra, dispatch.lost, dispatch.attempt) == (0, 0, 1)
    stage.play()
    stage.assert_done()
