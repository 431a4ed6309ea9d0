"""The same kills in user-managed mode: what has passed is written into the person's clone while they write there."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator import failpoints
from orchestrator.models import Line
from tests.integration.faults.invariants import TAKEN
from tests.integration.faults.stage import Stage
from tests.integration.faults.test_kills import BY_WORKER
from tests.repositories import git

pytestmark = pytest.mark.django_db(transaction=True)

EVERYWHERE = [
    *(name for name in BY_WORKER if not name.endswith(("publish_branch", "published"))),
    *failpoints.HANDOVERS,
]


def user_stage(folder: Path, data: Path | None = None) -> Stage:
    """A run of two steps whose person has written a file of their own meanwhile."""
    stage = Stage(folder, steps=2, git="user", data=data)
    clone_of(stage).joinpath("mine.txt").write_text("mine\n")
    return stage


def clone_of(stage: Stage) -> Path:
    return Path(Line.objects.get(run=stage.run).clone)


def assert_handed_over(stage: Stage) -> None:
    """Both steps lie in the clone, uncommitted; what the person wrote is still theirs, and in the line once."""
    assert stage.run.status == "succeeded"
    stage.assert_invariants()
    assert not list((stage.data / "worktrees").glob("*/*"))
    clone, line = clone_of(stage), Line.objects.get(run=stage.run)
    assert git(clone, "log", "--format=%s") == "Begin"
    assert (clone / "mine.txt").read_text() == "mine\n"
    assert (clone / "PLAN.md").read_text().count("### ✅ Step") == 2
    notes = (clone / "REHEARSAL.md").read_text().splitlines()
    assert sum("Write note" in note for note in notes) == 2
    shown = git(stage.data / "hubs" / f"{stage.run.project_id}.git", "log", "--format=%B", line.head_oid)
    assert shown.count(TAKEN.strip()) == 1


@pytest.mark.ledger("B5", "X14")
@pytest.mark.parametrize("name", failpoints.HANDOVERS)
def test_the_clone_gets_each_step_once_although_a_worker_was_killed_at(name, tmp_path, data):
    stage = user_stage(tmp_path)
    assert stage.killed(name)
    stage.play()
    assert_handed_over(stage)


@pytest.mark.soak
@pytest.mark.ledger("B5", "X14")
@pytest.mark.parametrize("name", EVERYWHERE)
def test_the_clone_is_right_after_a_kill_at_any_passing_of(name, tmp_path, data):
    for nth in range(1, 100):
        stage = user_stage(tmp_path / str(nth), tmp_path / f"data{nth}")
        if not stage.killed(f"{name}:{nth}"):
            break
        stage.play()
        assert_handed_over(stage)
    assert nth > 1
