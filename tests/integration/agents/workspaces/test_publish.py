"""Publishing writes one branch of the person's repository, never by force, and nothing else."""

from __future__ import annotations

import pytest

from agents.workspaces.publish import publish
from agents.workspaces.types import Published, Refused
from tests.integration.agents.workspaces.conftest import spring
from tests.repositories import git


def test_a_new_branch_is_written_and_then_moved(place):
    first = place.commit({"b.txt": b"1"})
    second = place.commit({"b.txt": b"2"}, parent=first)
    assert publish(place.source, "run/bells", first, None, place.hub) == Published(first)
    assert publish(place.source, "run/bells", second, first, place.hub) == Published(second)
    assert git(place.source, "show", "run/bells:b.txt") == "2"
    assert git(place.source, "fsck", "--strict") == ""


def test_working_tree_index_and_head_stay_as_they_were(place):
    (place.source / "a.txt").write_text("being edited\n")
    index = (place.source / ".git" / "index").read_bytes()
    publish(place.source, "run/bells", place.commit({"a.txt": b"ours\n"}), None, place.hub)
    assert (place.source / "a.txt").read_text() == "being edited\n"
    assert (place.source / ".git" / "index").read_bytes() == index
    assert git(place.source, "symbolic-ref", "HEAD") == "refs/heads/main"


def test_publishing_again_changes_nothing(place):
    oid = place.commit({"b.txt": b"1"})
    assert publish(place.source, "run/bells", oid, None, place.hub) == Published(oid)
    assert publish(place.source, "run/bells", oid, None, place.hub) == Published(oid)


def test_a_branch_that_is_checked_out_is_refused_with_the_command_that_mends_it(place, tmp_path):
    oid = place.commit({"b.txt": b"1"})
    refused = publish(place.source, "main", oid, place.start, place.hub)
    assert isinstance(refused, Refused)
    assert "is checked out" in refused.reason
    side = tmp_path / "it's a side"
    git(place.source, "worktree", "add", "-q", "-b", "side", str(side))
    refused = publish(place.source, "side", oid, place.start, place.hub)
    assert isinstance(refused, Refused)
    assert str(side) in refused.reason
    _mend(refused)
    assert publish(place.source, "side", oid, place.start, place.hub) == Published(oid)


def test_commits_of_others_are_never_overwritten(place):
    ours = place.commit({"b.txt": b"1"})
    publish(place.source, "run/bells", ours, None, place.hub)
    git(place.source, "branch", "-f", "run/bells", "main")
    later = place.commit({"b.txt": b"2"}, parent=ours)
    refused = publish(place.source, "run/bells", later, ours, place.hub)
    assert isinstance(refused, Refused)
    assert "not ours" in refused.reason
    assert git(place.source, "rev-parse", "run/bells") == place.start


def test_an_existing_branch_is_not_taken_over(place):
    git(place.source, "branch", "theirs")
    ours = place.commit({"b.txt": b"1"})
    refused = publish(place.source, "theirs", ours, None, place.hub)
    assert isinstance(refused, Refused)
    _mend(refused)
    assert publish(place.source, "theirs", ours, None, place.hub) == Published(ours)


def test_a_deleted_branch_is_told(place):
    ours = place.commit({"b.txt": b"1"})
    publish(place.source, "run/bells", ours, None, place.hub)
    git(place.source, "branch", "-D", "run/bells")
    refused = publish(place.source, "run/bells", place.commit({"c": b"1"}, parent=ours), ours, place.hub)
    assert isinstance(refused, Refused)
    assert "deleted" in refused.reason


def test_history_is_not_rewritten(place):
    first, other = place.commit({"b.txt": b"1"}), place.commit({"b.txt": b"2"})
    publish(place.source, "run/bells", first, None, place.hub)
    refused = publish(place.source, "run/bells", other, first, place.hub)
    assert isinstance(refused, Refused)
    assert "do not follow" in refused.reason


def test_a_branch_name_in_the_way_is_told(place):
    git(place.source, "branch", "run")
    refused = publish(place.source, "run/bells", place.commit({"b": b"1"}), None, place.hub)
    assert isinstance(refused, Refused)
    assert "refs/heads/run" in refused.reason


@pytest.mark.parametrize("branch", ["-f", "a..b", "HEAD\n"])
def test_an_invalid_branch_name_is_refused(place, branch):
    assert isinstance(publish(place.source, branch, place.start, None, place.hub), Refused)


def test_no_program_that_the_repository_names_is_run(place, trap, tmp_path):
    spring(place.source, trap)
    git(place.source, "config", f"remote.{place.hub.path}.uploadpack", str(trap))
    git(place.source, "config", "receive.procReceiveRefs", "refs")
    oid = place.commit({"b.txt": b"1"})
    (tmp_path / "sprung").unlink(missing_ok=True)  # the settings above were made with the trap already set
    assert publish(place.source, "run/bells", oid, None, place.hub) == Published(oid)
    assert not (tmp_path / "sprung").exists()


def _mend(refused: Refused) -> None:
    import subprocess

    subprocess.run(["/bin/sh", "-c", refused.mend], check=True, capture_output=True)
