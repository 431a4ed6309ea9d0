"""A worktree is ready before the next step wants one, is taken once, and goes when nobody will."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agents.workspaces.pool import WHOLE, Pool
from orchestrator.actions import runs
from orchestrator.engine import warming
from orchestrator.engine.ground import Ground
from orchestrator.models import Dispatch, Line, Workspace
from orchestrator.tasks import land, work
from tests.integration.engine.hand import Hand
from tests.repositories import git, plan_of, repository

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def hand(tmp_path, data):
    items = ["It is there — `test -f bells.py`"]
    hand = Hand(repository(tmp_path / "bells", plan=plan_of(items, items)))
    hand.start()
    hand.run = runs.approve(hand.run, hand.actor, hand.user.pk)
    return hand


def warm(hand: Hand) -> list[str]:
    return sorted(str(path) for path in Ground.of(hand.project).worktrees.root.glob("warm-*"))


def test_the_next_dispatch_takes_what_was_made_at_its_base_and_nothing_is_renamed(hand):
    warming.fill(hand.run.pk)
    (ready,) = warm(hand)
    warming.fill(hand.run.pk)
    assert warm(hand) == [ready], "one is enough"
    hand.work()
    assert str(hand.folder()) == ready
    assert Workspace.objects.get().path == ready and Workspace.objects.get().port
    hand.do("bells.py", "SMALL = 1\n")
    assert hand.step("1").status == "passed"
    landed = git(hand.source, "show", "--stat", "--format=", hand.run.branch)
    assert "bells.py" in landed and "2 files changed" in landed


def test_it_is_kept_at_the_head_of_the_line_and_an_older_one_goes(hand):
    land(hand.run.pk)
    (first,) = warm(hand)
    work(hand.run.pk)
    hand.do("bells.py", "SMALL = 1\n")
    land(hand.run.pk)
    hand.run.refresh_from_db()
    assert str(hand.folder()) != first and len(warm(hand)) == 1
    second = warm(hand)[0]
    head = Line.objects.get(run=hand.run).head_oid
    assert Pool(Ground.of(hand.project).worktrees).is_ready(Ground.of(hand.project).worktrees.root / second, head)


def test_one_that_was_not_finished_or_is_somebody_elses_is_not_taken(hand):
    warming.fill(hand.run.pk)
    ground = Ground.of(hand.project)
    (path,) = Pool(ground.worktrees).ready(hand.run.start_oid)
    hand.work()
    assert hand.folder() == path
    second = Workspace.objects.create(
        run=hand.run, step=hand.step("2"), dispatch=Dispatch.objects.get(), host="elsewhere"
    )
    assert warming.take(ground, second, hand.run.start_oid) is None
    warming.fill(hand.run.pk)
    (fresh,) = [one for one in Pool(ground.worktrees).ready(hand.run.start_oid) if one != path]
    ground.worktrees.record(fresh, WHOLE).unlink()
    assert warming.take(ground, second, hand.run.start_oid) is None
    warming.fill(hand.run.pk)
    assert not fresh.exists() and path.is_dir() and len(warm(hand)) == 2


def test_what_is_ready_goes_when_no_run_of_the_project_is_live(hand):
    warming.fill(hand.run.pk)
    hand.sweep.tick()
    assert len(warm(hand)) == 1
    runs.abort(hand.run, hand.actor)
    hand.run.refresh_from_db()
    assert hand.run.is_over
    hand.sweep.tick()
    assert warm(hand) == []
    warming.fill(hand.run.pk)
    assert warm(hand) == []


def test_two_who_fill_at_once_make_one(hand):
    ground = Ground.of(hand.project)
    both = threading.Barrier(2)

    def fill() -> list[Path]:
        both.wait()
        return Pool(ground.worktrees).fill({hand.run.start_oid: ()}, lambda: ())

    with ThreadPoolExecutor(2) as pool:
        made = [path for found in [pool.submit(fill), pool.submit(fill)] for path in found.result()]
    assert [str(path) for path in made] == warm(hand)
