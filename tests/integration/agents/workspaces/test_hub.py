"""The hub: lines, merges, commits and differences in a repository that is ours alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agents.exceptions import GitError, InvalidRef, NoSuchBranch
from agents.workspaces.types import Conflict, FileChange, Merged, Person
from tests.integration.agents.workspaces.conftest import ADA, WHEN, spring
from tests.repositories import git


def test_a_branch_of_a_local_path_is_fetched_with_its_history(place):
    assert place.start == git(place.source, "rev-parse", "main")
    assert place.hub.read_blob(place.start, "a.txt") == b"one\ntwo\nthree\n"


def test_fetching_again_brings_only_what_is_new(place):
    git(place.source, "commit", "-q", "--allow-empty", "-m", "second")
    newer = place.hub.fetch_source(place.source, "main")
    assert [commit.message for commit in place.hub.log(place.start, newer)] == ["second\n"]


def test_an_unknown_branch_is_told(place):
    with pytest.raises(NoSuchBranch, match="no branch 'absent'"):
        place.hub.fetch_source(place.source, "absent")


def test_fetching_runs_no_program_that_the_source_names(place, trap, tmp_path):
    git(place.source, "commit", "-q", "--allow-empty", "-m", "second")
    spring(place.source, trap)
    place.hub.fetch_source(place.source, "main")
    assert not (tmp_path / "sprung").exists()


def test_a_history_with_a_forbidden_file_name_is_refused(place):
    blob = git(place.source, "rev-parse", "HEAD:a.txt")
    lines = f"100644 blob {blob}\t.git"
    inner = _stdin(place.source, lines, "mktree")
    commit = _stdin(place.source, "evil", "commit-tree", inner)
    git(place.source, "update-ref", "refs/heads/evil", commit)
    with pytest.raises(GitError, match=r"hasDotgit|\.git"):
        place.hub.fetch_source(place.source, "evil")


@pytest.mark.ledger("X3")
def test_a_line_moves_only_from_where_it_was_seen(place):
    first, second = place.commit({"b": b"1"}), place.commit({"b": b"2"})
    assert place.hub.compare_and_swap("refs/lines/run", place.start, None)
    assert not place.hub.compare_and_swap("refs/lines/run", first, None)
    assert place.hub.compare_and_swap("refs/lines/run", first, place.start)
    assert not place.hub.compare_and_swap("refs/lines/run", second, place.start)
    assert place.hub.ref("refs/lines/run") == first


@pytest.mark.ledger("X3")
def test_of_many_that_move_a_line_at_once_exactly_one_wins(place):
    place.hub.set_ref("refs/lines/run", place.start)
    commits = [place.commit({"b": str(number).encode()}) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda oid: place.hub.compare_and_swap("refs/lines/run", oid, place.start), commits))
    assert won.count(True) == 1
    assert place.hub.ref("refs/lines/run") == commits[won.index(True)]


@pytest.mark.parametrize(
    "name", ["-x", "a..b", "a b", "a\nb", "/a", "a/", "a.lock", "a/.b", "@", "a@{1}", "", "x" * 4096]
)
def test_names_that_git_would_not_take_are_refused(place, name):
    with pytest.raises(InvalidRef):
        place.hub.set_ref(name, place.start)


def test_a_ref_that_is_missing_is_none(place):
    assert place.hub.ref("refs/lines/absent") is None


def test_ancestry_is_told(place):
    later = place.commit({"b": b"1"})
    assert place.hub.is_ancestor(place.start, later)
    assert place.hub.is_ancestor(later, later)
    assert not place.hub.is_ancestor(later, place.start)


@pytest.mark.ledger("B6")
def test_a_commit_has_exactly_the_given_message_people_and_time(place):
    tree = place.hub.tree_of(place.start)
    grace = Person("Grace Hopper", "grace@example.org")
    oid = place.hub.commit(tree, (place.start,), "feat: step 2\n\n# not a comment\n", ADA, grace, WHEN)
    [commit] = place.hub.log(place.start, oid)
    assert commit.message == "feat: step 2\n\n# not a comment\n"
    assert (commit.author, commit.author_email) == ("Ada Lovelace", "ada@example.org")
    assert (commit.committer, commit.committer_email) == ("Grace Hopper", "grace@example.org")
    assert (commit.when, commit.parents, commit.tree) == ("2030-01-02T03:04:05+00:00", (place.start,), tree)


def test_two_works_on_different_files_merge(place):
    ours, theirs = place.commit({"b.txt": b"b\n"}), place.commit({"c.txt": b"c\n"})
    merged = place.hub.merge(ours, theirs)
    assert isinstance(merged, Merged)
    assert {"b.txt", "c.txt"} <= set(place.hub.list_files(merged.tree))


def test_two_works_on_one_line_conflict_with_the_file_named(place):
    ours = place.commit({"a.txt": b"one\nours\nthree\n"})
    theirs = place.commit({"a.txt": b"one\ntheirs\nthree\n"})
    merged = place.hub.merge(ours, theirs)
    assert isinstance(merged, Conflict) and merged.files == ("a.txt",)
    text = place.hub.read_blob(merged.tree, "a.txt")
    assert b"<<<<<<<" in text and b"ours" in text and b"theirs" in text


def test_a_merge_runs_no_driver_that_the_tree_names(place):
    planted = place.commit({".gitattributes": b"* merge=union\n"})
    ours = place.commit({"a.txt": b"one\nours\nthree\n"}, parent=planted)
    theirs = place.commit({"a.txt": b"one\ntheirs\nthree\n"}, parent=planted)
    merged = place.hub.merge(ours, theirs)
    assert isinstance(merged, Conflict) and merged.files == ("a.txt",)


def test_files_are_written_into_a_tree_with_their_mode_kept(place):
    executable = place.commit({"b": b"1"})
    git(place.source, "update-index", "--chmod=+x", "tool.sh")
    git(place.source, "commit", "-qm", "executable")
    executable = place.hub.fetch_source(place.source, "main")
    tree = place.hub.with_files(
        place.hub.tree_of(executable), {"tool.sh": b"#!/bin/sh\ntrue\n", "deep/new file": b"x", "a.txt": None}
    )
    listed = git(place.hub.path, "ls-tree", "-r", tree)
    assert "100755 blob" in next(line for line in listed.splitlines() if line.endswith("tool.sh"))
    assert "a.txt" not in place.hub.list_files(tree)
    assert place.hub.read_blob(tree, "deep/new file") == b"x"


@pytest.mark.parametrize("path", ["../out", "/abs", ".git/config", "a/../b"])
def test_a_path_outside_the_tree_is_not_written(place, path):
    with pytest.raises(GitError):
        place.hub.with_files(place.hub.tree_of(place.start), {path: b"x"})


def test_names_of_any_bytes_survive(place):
    names = ["-rf", "new\nline", "tab\there", ":colon", "\u202ebidi", "*?[", "ü", "\udcff", "d" * 200 + "/" + "f" * 200]
    oid = place.commit({name: name.encode(errors="surrogateescape") for name in names})
    changes = place.hub.changed_files(place.start, oid)
    assert {change.path for change in changes} == set(names)
    assert all(place.hub.read_blob(oid, name) == name.encode(errors="surrogateescape") for name in names)
    assert place.hub.diff(place.start, oid).text


def test_changes_are_listed_with_their_lines(place):
    oid = place.commit({"a.txt": b"one\n2\nthree\nfour\n", "tool.sh": None, "new.bin": b"\0\1\2"})
    assert set(place.hub.changed_files(place.start, oid)) == {
        FileChange("a.txt", "M", 2, 1),
        FileChange("tool.sh", "D", 0, 1),
        FileChange("new.bin", "A", None, None),
    }


def test_a_diff_is_capped_and_says_so(place):
    oid = place.commit({"big.txt": b"line\n" * 100_000})
    assert place.hub.diff(place.start, oid, 1000).truncated
    assert len(place.hub.diff(place.start, oid, 1000).text) == 1000
    assert not place.hub.diff(place.start, oid).truncated


def test_a_folder_a_link_and_nothing_are_no_blobs(place):
    oid = place.commit({"deep/file": b"x"})
    assert place.hub.read_blob(oid, "deep") is None
    assert place.hub.read_blob(oid, "absent") is None


def _stdin(path: Path, text: str, *arguments: str) -> str:
    import subprocess

    done = subprocess.run(["git", "-C", str(path), *arguments], input=text, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_what_git_says_of_a_name_that_is_no_text_can_be_told(place):
    with pytest.raises(GitError) as told:
        place.hub.git.run("rev-parse", "--verify", "no\udcffname")
    assert str(told.value).encode() and "no\ufffdname" in str(told.value)
