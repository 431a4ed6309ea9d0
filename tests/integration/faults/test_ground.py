"""Folders and refs that change under the engine's hands."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestrator.actions import decisions, handing
from orchestrator.engine.ground import Ground
from orchestrator.exceptions import PersonError
from orchestrator.models import Candidate, Event, Line, Workspace
from tests.integration.faults.stage import Stage, by_hand
from tests.repositories import git

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(tmp_path, data):
    return Stage(tmp_path)


@pytest.fixture
def handed(tmp_path, data):
    """A stage whose step is with its person."""
    stage = Stage(tmp_path, runner="person")
    assert stage.end_of(stage.worker()) == 0
    return stage


def test_a_worktree_that_its_person_deleted_is_made_anew(handed):
    gone = handed.hand.folder()
    shutil.rmtree(gone)
    assert handed.end_of(handed.worker()) == 0
    assert handed.hand.folder() != gone and handed.hand.folder().is_dir()
    assert Workspace.objects.get(path=str(gone)).status == "orphaned"
    by_hand(handed)
    handed.play()
    handed.assert_done()


def test_a_held_worktree_that_was_deleted_is_said_so_and_its_work_is_not_lost(handed):
    handed.hand.append("REHEARSAL.md", "- 1: Write nothing\n")
    handing.hand_in(handing.handed_out(handed.run), handed.hand.actor)
    assert handed.end_of(handed.worker()) == 0
    card = handed.hand.card("check")
    shutil.rmtree(handed.hand.held())
    with pytest.raises(PersonError, match="is gone"):
        decisions.decide(card.pk, decisions.Answer("recheck"), handed.hand.actor, handed.hand.user.pk)
    again = decisions.Answer("rebuild", instructions="Write the note.")
    decisions.decide(card.pk, again, handed.hand.actor, handed.hand.user.pk)
    assert handed.end_of(handed.worker()) == 0
    assert (handed.hand.folder() / "REHEARSAL.md").read_text() == "- 1: Write nothing\n"
    by_hand(handed)
    handed.play()
    handed.assert_done()


def test_a_line_that_somebody_moved_in_the_hub_is_built_upon(stage):
    worker = stage.stopped("before_swap")
    line = Line.objects.get()
    hub = Ground.of(stage.run.project).hub
    tree = hub.with_files(hub.tree_of(line.head_oid), {"theirs": b"theirs\n"})
    foreign = Ground.of(stage.run.project).commit(tree, line.head_oid, "theirs\n")
    hub.set_ref(line.ref, foreign)
    assert stage.goes_on(worker) == 0
    candidate = Candidate.objects.get()
    assert (candidate.status, candidate.stale, candidate.base_oid) == ("landed", 1, foreign)
    assert Event.objects.filter(kind="candidate.head_moved").count() == 1
    assert git(stage.source, "show", f"{stage.run.branch}:theirs") == "theirs"
    assert git(stage.source, "rev-parse", f"{stage.run.branch}~1") == foreign


def test_a_row_that_is_behind_the_hub_catches_up_and_one_that_was_set_back_does_not_follow(stage):
    line, ground = Line.objects.get(), Ground.of(stage.run.project)
    start = line.head_oid
    ahead = ground.commit(ground.hub.tree_of(start), start, "a commit whose row was never written\n")
    ground.hub.set_ref(line.ref, ahead)
    assert ground.head(line) == Line.objects.get().head_oid == ahead
    ground.hub.set_ref(line.ref, start)
    assert ground.head(line) == Line.objects.get().head_oid == ahead


def test_a_folder_whose_row_is_done_with_it_is_saved_and_removed(stage):
    stage.play()
    ground = Ground.of(stage.run.project)
    row = Workspace.objects.order_by("id").last()
    Workspace.objects.filter(pk=row.pk).update(path=None)
    left = ground.checkout(Line.objects.get().head_oid, f"run{stage.run.pk}-1-reviewer-w{row.pk}")
    Path(left, "new").write_text("by a holder that came late\n")
    assert stage.end_of(stage.worker()) == 0
    assert not left.exists()
    assert any("new" in ground.vault.git.run("ls-tree", "--name-only", k.tree).text for k in ground.vault.states())
    stage.assert_done()
