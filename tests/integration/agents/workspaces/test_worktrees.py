"""Worktrees: what an agent made of them is taken as it is, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import stat

import pytest

from agents.exceptions import NotKept, WorktreeGone
from agents.sandbox import Jail, run
from tests.integration.agents.workspaces.conftest import spring
from tests.repositories import git


def test_a_worktree_has_the_files_of_its_commit_in_a_folder_nobody_else_enters(place):
    path = place.worktrees.add(place.start, "step 2: ../../builder")
    assert (path / "a.txt").read_text() == "one\ntwo\nthree\n"
    assert path.parent == place.worktrees.root
    assert stat.S_IMODE(place.worktrees.root.stat().st_mode) == 0o700
    assert place.worktrees.head_of(path) == place.start


def test_a_path_is_never_used_twice(place):
    assert len({place.worktrees.add(place.start, "same") for _ in range(3)}) == 3


def test_what_was_changed_made_and_deleted_is_in_the_snapshot_and_what_is_ignored_is_not(place):
    path = place.worktrees.add(place.start, "w")
    (path / "a.txt").write_text("changed\n")
    (path / "tool.sh").unlink()
    (path / ".gitignore").write_text("*.log\n")
    (path / "noise.log").write_text("x")
    (path / "new\nline").write_text("x")
    (path / "-rf").write_text("x")
    (path / "link").symlink_to("/etc/passwd")
    os.mkfifo(path / "pipe")
    found = place.snapshot(path)
    changed = {change.path: change.status for change in place.hub.changed_files(place.start, found.commit)}
    assert changed == {
        "a.txt": "M",
        "tool.sh": "D",
        ".gitignore": "A",
        "new\nline": "A",
        "-rf": "A",
        "link": "A",
    }
    assert place.hub.ref("refs/work/1") == found.commit
    assert place.hub.tree_of(found.commit) == found.tree


def test_an_untouched_worktree_has_its_commits_tree(place):
    path = place.worktrees.add(place.start, "w")
    assert place.worktrees.tree_state(path) == place.hub.tree_of(place.start)


def test_a_snapshot_believes_no_git_file_index_hook_filter_or_config_of_the_tree(place, trap, tmp_path):
    path = place.worktrees.add(place.start, "w")
    git(path, "update-index", "--assume-unchanged", "a.txt")
    (path / "a.txt").write_text("hidden change\r\n")
    (path / ".git").unlink()
    git(path, "init", "-q")
    spring(path, trap)
    (path / ".gitattributes").write_text("* filter=x text eol=crlf ident diff=x merge=x\n")
    found = place.snapshot(path)
    assert place.hub.read_blob(found.commit, "a.txt") == b"hidden change\r\n"
    place.hub.diff(place.start, found.commit)
    kept = place.worktrees.keep(path, place.vault, "run-1", place.start)
    place.worktrees.restore(place.vault, kept, "again")
    assert not (tmp_path / "sprung").exists()


def test_a_checkout_is_the_committed_bytes_whatever_the_attributes_say(place):
    oid = place.commit({".gitattributes": b"*.txt text eol=crlf ident\n", "b.txt": b"$Id$\nline\n"})
    path = place.worktrees.add(oid, "w")
    assert (path / "b.txt").read_bytes() == b"$Id$\nline\n"
    assert place.worktrees.tree_state(path) == place.hub.tree_of(oid)


def test_a_left_over_lock_of_a_dead_process_does_not_stop_a_snapshot(place):
    path = place.worktrees.add(place.start, "w")
    (place.worktrees.mirror.path / "worktrees" / path.name / "index.lock").touch()
    (place.worktrees.mirror.path / "index.lock").touch()
    (path / "new").write_text("x")
    assert "new" in place.hub.list_files(place.snapshot(path).tree)


@pytest.mark.parametrize("committed", [True, False])
def test_a_repository_made_inside_is_taken_as_files(place, committed):
    path = place.worktrees.add(place.start, "w")
    inner = path / "vendor" / "inner"
    (inner / "deeper").mkdir(parents=True)
    for folder in (inner, inner / "deeper"):
        git(folder, "init", "-q")
        (folder / "file.txt").write_text("x")
    if committed:
        git(inner, "add", "file.txt")
        git(inner, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x")
    files = place.hub.list_files(place.snapshot(path).tree)
    assert {"vendor/inner/file.txt", "vendor/inner/deeper/file.txt"} <= set(files)
    assert not any(".git" in file.split("/") for file in files)


def test_a_tracked_file_that_became_a_repository_is_taken_as_files(place):
    path = place.worktrees.add(place.start, "w")
    (path / "a.txt").unlink()
    (path / "a.txt").mkdir()
    git(path / "a.txt", "init", "-q")
    (path / "a.txt" / "inside").write_text("x")
    git(path / "a.txt", "add", "inside")
    git(path / "a.txt", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x")
    files = place.hub.list_files(place.snapshot(path).tree)
    assert "a.txt/inside" in files
    assert "a.txt" not in files


def test_an_empty_repository_inside_adds_nothing(place):
    path = place.worktrees.add(place.start, "w")
    (path / "empty").mkdir()
    git(path / "empty", "init", "-q")
    assert place.worktrees.tree_state(path) == place.hub.tree_of(place.start)


def test_a_worktree_deleted_by_hand_is_told_and_can_be_forgotten(place):
    path = place.worktrees.add(place.start, "w")
    (path / "new").write_text("x")
    kept = place.worktrees.keep(path, place.vault, "run-1", place.start)
    shutil.rmtree(path)
    with pytest.raises(WorktreeGone, match="restore"):
        place.snapshot(path)
    with pytest.raises(WorktreeGone):
        place.worktrees.keep(path, place.vault, "run-1", place.start)
    place.worktrees.remove(path, place.vault, kept)
    assert not list((place.worktrees.mirror.path / "worktrees").iterdir())


def test_a_worktree_goes_only_when_the_vault_holds_exactly_its_state(place):
    path = place.worktrees.add(place.start, "w")
    kept = place.worktrees.keep(path, place.vault, "run-1", place.start)
    (path / "late.txt").write_text("written after")
    with pytest.raises(NotKept):
        place.worktrees.remove(path, place.vault, kept)
    assert (path / "late.txt").exists()
    place.worktrees.remove(path, place.vault, place.worktrees.keep(path, place.vault, "run-1", place.start))
    assert not path.exists()


def test_the_vault_keeps_every_state_of_a_run_and_restores_it(place):
    path = place.worktrees.add(place.start, "w")
    for word in ("first", "second"):
        (path / "a.txt").write_text(word)
        place.worktrees.keep(path, place.vault, "run-1", place.start)
    (path / "new").mkdir()
    (path / "new" / "file").write_text("x")
    (path / "tool.sh").unlink()
    kept = place.worktrees.keep(path, place.vault, "run-1", place.start)
    states = place.vault.states()
    assert [state.base for state in states] == [place.start] * 3
    assert states[0] == kept
    again = place.worktrees.restore(place.vault, kept, "again")
    assert place.worktrees.tree_state(again) == kept.tree
    assert git(again, "rev-parse", "HEAD") == place.start
    assert set(git(again, "status", "--porcelain").split("\n")) == {"M a.txt", " D tool.sh", "?? new/"}
    older = place.worktrees.restore(place.vault, states[2], "older")
    assert (older / "a.txt").read_text() == "first"


def test_chains_of_two_runs_stay_apart_and_an_unknown_state_is_not_held(place):
    path = place.worktrees.add(place.start, "w")
    first = place.worktrees.keep(path, place.vault, "run-1", place.start)
    second = place.worktrees.keep(path, place.vault, "run-2", place.start)
    assert {state.key for state in place.vault.states()} == {"run-1", "run-2"}
    assert place.vault.holds(first)
    assert place.vault.holds(second)
    assert not Vault_without(place).holds(first)


def test_an_agent_in_its_jail_sees_its_history_and_cannot_write_it(place):
    path = place.worktrees.add(place.start, "w")
    mirror = place.worktrees.mirror.path
    jail = Jail("agent", path, writable=True, hidden=(path.parent.parent,), readable=(mirror,))
    done = run(("/bin/sh", "-c", "git log --oneline | wc -l; echo x > a.txt; git diff --stat; git add -A"), jail)
    assert done.output.startswith(b"1\n")
    assert b"a.txt" in done.output
    assert b"Read-only file system" in done.output
    assert "a.txt" in {change.path for change in place.hub.changed_files(place.start, place.snapshot(path).commit)}


def test_a_worktree_that_an_agent_locked_can_be_removed(place):
    path = place.worktrees.add(place.start, "w")
    (path / "locked" / "in").mkdir(parents=True)
    (path / "locked" / "in" / "file").write_text("x")
    kept = place.worktrees.keep(path, place.vault, "run-1", place.start)
    (path / "locked" / "in").chmod(0o500)
    (path / "locked").chmod(0o500)
    place.worktrees.remove(path, place.vault, kept)
    assert not path.exists()


def Vault_without(place):
    from agents.workspaces.vault import Vault

    return Vault(place.vault.path.with_name("empty.git")).ensure()
