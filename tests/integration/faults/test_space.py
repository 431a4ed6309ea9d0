"""A disk without room: work waits with that reason, counts nothing against anybody, and goes on by itself."""

from __future__ import annotations

import json
import time

import pytest

from orchestrator import queries
from orchestrator.engine import shortage
from orchestrator.models import Candidate, Dispatch, Event
from tests.integration.faults.disks import small_disk
from tests.integration.faults.stage import Stage, until

pytestmark = pytest.mark.django_db(transaction=True)
FLOOR = 2_000_000
NARROW = {"FREE_FLOOR_BYTES": FLOOR, "SHORTAGE_SECONDS": 0.5}


@pytest.fixture
def disk(data):
    """The worktrees' own disk."""
    with small_disk(data / "worktrees", 6) as disk:
        yield disk


@pytest.fixture
def stage(tmp_path, disk):
    return Stage(tmp_path, changed=NARROW)


def test_below_the_floor_nothing_new_is_taken_and_a_person_is_told_why(stage, disk, settings):
    settings.FREE_FLOOR_BYTES = FLOOR
    disk.fill(left=FLOOR // 2)
    assert stage.end_of(stage.worker()) == 0
    assert not Event.objects.filter(kind="dispatch.claimed").exists()
    (told,) = queries.run_as_dict(stage.run)["hindrances"]
    assert "worktrees is nearly full: 1 MB left" in told
    disk.make_room()
    assert queries.run_as_dict(stage.run)["hindrances"] == []
    stage.play()
    stage.assert_done()


def test_a_worktree_for_which_there_is_no_room_puts_the_dispatch_back_and_counts_nothing(stage, disk):
    worker = stage.stopped("before_worktree", FREE_FLOOR_BYTES=0, SHORTAGE_SECONDS=60.0)
    disk.fill()
    assert stage.goes_on(worker) == 0
    given_back = Event.objects.get(kind="dispatch.handed_over")
    assert json.loads(given_back.body)["reasons"]
    dispatch = Dispatch.objects.get()
    assert (dispatch.status, dispatch.infra, dispatch.lost) == ("queued", 0, 0)
    disk.make_room()
    stage.play()
    assert Dispatch.objects.get(role="builder").attempt == 1
    stage.assert_done()


def test_an_agent_at_work_when_the_disk_fills_up_is_put_back_with_what_it_has_and_goes_on_by_itself(stage, disk):
    worker = stage.worker(REHEARSAL_DELAY=0.5)
    until(lambda: Dispatch.objects.filter(status="running").exclude(messages=[]).exists())
    disk.fill(left=FLOOR // 8)
    until(lambda: Dispatch.objects.filter(status="queued").exists())
    assert stage.end_of(worker) == 0
    dispatch = Dispatch.objects.get()
    assert (dispatch.infra, dispatch.lost, bool(dispatch.messages)) == (0, 0, True)
    disk.make_room()
    stage.play()
    dispatch.refresh_from_db()
    assert (dispatch.status, dispatch.attempt) == ("succeeded", 1)
    stage.assert_done()


def test_a_candidate_whose_checkout_finds_no_room_is_put_back_and_lands_later(stage, disk):
    worker = stage.stopped("after_built", FREE_FLOOR_BYTES=0, SHORTAGE_SECONDS=60.0)
    disk.fill()
    assert stage.goes_on(worker) == 0
    assert Event.objects.filter(kind="candidate.handed_over").count() == 1
    assert Candidate.objects.get().status == "queued"
    disk.make_room()
    stage.play()
    assert Candidate.objects.get().stale == 0
    stage.assert_done()


def test_a_branch_that_cannot_be_published_for_want_of_room_is_published_later(tmp_path, data):
    with small_disk(tmp_path / "notes", 4) as disk:
        stage = Stage(tmp_path)
        worker = stage.stopped("before_publish_branch", SHORTAGE_SECONDS=60.0)
        disk.fill()
        assert stage.goes_on(worker) == 0
        line = stage.run.lines.get()
        assert (line.publish_state, line.publish_detail) == ("behind", "")
        disk.make_room()
        (stage.source / "ballast").unlink(missing_ok=True)
        stage.play()
        stage.assert_done()


def test_errors_are_known_by_their_number_their_words_and_what_they_came_from():
    assert shortage.sign_of(OSError(28, "No space left on device")).kind == "space"
    assert shortage.sign_of(OSError(11, "Resource temporarily unavailable")).kind == "processes"
    assert shortage.sign_of("fatal: Unable to create '/hub/packed-refs.lock': File exists.").kind == "lock"
    assert shortage.sign_of(PermissionError(13, "Permission denied")) is None
    try:
        try:
            raise OSError(122, "Disk quota exceeded")
        except OSError as error:
            raise RuntimeError("it could not be saved") from error
    except RuntimeError as error:
        assert shortage.sign_of(error).kind == "space"


def test_what_was_met_is_not_met_again_at_once(settings):
    settings.SHORTAGE_SECONDS = 0.2
    assert shortage.met(OSError(24, "Too many open files")) and "open files" in shortage.lacking()
    time.sleep(0.25)
    assert shortage.lacking() == ""
