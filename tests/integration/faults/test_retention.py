"""Folders of runs that have ended go after a while, with what they held in the vault first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from orchestrator import storage
from orchestrator.actions import handing, runs
from orchestrator.engine.ground import Ground
from orchestrator.models import Event, Line, Run, Workspace
from tests.integration.faults.stage import Stage
from tests.repositories import git

pytestmark = pytest.mark.django_db(transaction=True)


def days_pass(stage: Stage, days: float) -> None:
    """The run ended that long ago; another sweep looks."""
    Run.objects.filter(pk=stage.run.pk).update(ended_at=timezone.now() - timedelta(days=days))
    assert stage.end_of(stage.worker()) == 0


@pytest.fixture
def aborted(tmp_path, data):
    """A run that was aborted while its person was at work."""
    stage = Stage(tmp_path, runner="person")
    assert stage.end_of(stage.worker()) == 0
    stage.hand.append("REHEARSAL.md", "half a note\n")
    runs.abort(stage.run, stage.hand.actor, "Not needed.")
    assert stage.end_of(stage.worker()) == 0
    return stage


def test_the_worktree_of_an_aborted_run_stays_and_is_listed_until_its_time_is_over(aborted):
    (row,) = list(storage.worktrees())
    assert (row.run, row.step.key, row.status) == (aborted.run, "1", "live")
    days_pass(aborted, 13)
    assert Path(row.path).is_dir()
    days_pass(aborted, 15)
    assert not Path(row.path).exists() and list(storage.worktrees()) == []
    workspace, ground = Workspace.objects.get(), Ground.of(aborted.run.project)
    assert git(ground.vault.path, "show", f"{workspace.saved_oid}:REHEARSAL.md") == "half a note"
    assert Event.objects.filter(chain=aborted.run.pk, kind="workspace.removed").count() == 1
    aborted.assert_invariants()


def test_with_no_limit_nothing_goes(aborted):
    aborted.settings["RETENTION_DAYS"] = 0
    days_pass(aborted, 1000)
    assert len(list(storage.worktrees())) == 1


def test_a_held_worktree_of_a_run_that_has_not_ended_never_goes(tmp_path, data):
    stage = Stage(tmp_path, runner="person", changed={"RETENTION_DAYS": 0.0001})
    assert stage.end_of(stage.worker()) == 0
    stage.hand.append("REHEARSAL.md", "nothing\n")
    handing.hand_in(handing.handed_out(stage.run), stage.hand.actor)
    assert stage.end_of(stage.worker()) == 0
    assert stage.hand.held().is_dir()
    stage.assert_invariants()


@pytest.mark.ledger("B5")
def test_a_persons_clone_goes_with_its_files_and_its_commits_in_the_vault(tmp_path, data):
    stage = Stage(tmp_path, git="user")
    clone = Path(Line.objects.get().clone)
    stage.play()
    git(clone, "add", "-A")
    git(clone, "commit", "-qm", "My own words")
    mine = git(clone, "rev-parse", "HEAD")
    (clone / "later.txt").write_text("not committed\n")
    days_pass(stage, 13)
    assert clone.is_dir()
    days_pass(stage, 15)
    assert not clone.exists() and Line.objects.get().clone == ""
    vault = Ground.of(stage.run.project).vault
    assert git(vault.path, "rev-parse", f"refs/clones/run-{stage.run.pk}/heads/{stage.run.branch}") == mine
    assert any("later.txt" in vault.git.run("ls-tree", "--name-only", kept.tree).text for kept in vault.states())
    assert Event.objects.filter(chain=stage.run.pk, kind="line.clone_removed").count() == 1
    stage.assert_invariants()
