"""A person's repository is looked at and never touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from agents.exceptions import NotARepository, PlanOutsideRepository
from agents.workspaces import source as person
from agents.workspaces.confined import read_confined
from agents.workspaces.types import Branch, Person
from tests.integration.agents.workspaces.conftest import spring
from tests.repositories import git


def everything(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path): (path.stat().st_mtime_ns, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def test_a_clean_repository_may_start_a_run(source):
    state = person.inspect(source)
    assert (state.branch, state.head) == ("main", git(source, "rev-parse", "HEAD"))
    assert (state.dirty, state.staged, state.untracked, state.unsupported) == ((), (), (), ())


def test_changed_staged_and_new_files_are_told_apart(source):
    (source / "a.txt").write_text("changed\n")
    (source / "new\nline.txt").write_text("x")
    (source / "staged.txt").write_text("x")
    git(source, "add", "staged.txt")
    (source / ".gitignore").write_text("*.log\n")
    (source / "noise.log").write_text("x")
    state = person.inspect(source)
    assert set(state.dirty) == {"a.txt", "staged.txt"}
    assert state.staged == ("staged.txt",)
    assert set(state.untracked) == {"new\nline.txt", ".gitignore"}


def test_looking_changes_nothing_in_the_repository(source):
    (source / "a.txt").write_text("changed\n")
    (source / ".git" / "index.lock").touch()
    before = everything(source)
    person.inspect(source)
    person.branches(source)
    assert everything(source) == before


def test_a_folder_without_a_repository_is_refused(tmp_path):
    with pytest.raises(NotARepository, match="git init"):
        person.inspect(tmp_path)


def test_a_broken_repository_is_refused(tmp_path):
    (tmp_path / ".git").mkdir()
    with pytest.raises(NotARepository, match="no repository git can read"):
        person.inspect(tmp_path)


def test_a_bare_repository_is_refused_with_what_to_do(tmp_path):
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    with pytest.raises(NotARepository, match="clone it"):
        person.inspect(tmp_path / "bare.git")


def test_a_detached_head_has_no_branch(source):
    git(source, "checkout", "-q", "--detach")
    state = person.inspect(source)
    assert state.branch is None
    assert state.head == git(source, "rev-parse", "HEAD")


def test_a_repository_without_commits_is_told(tmp_path):
    git(tmp_path, "init", "-q", "-b", "trunk")
    state = person.inspect(tmp_path)
    assert state.unborn
    assert state.branch == "trunk"
    assert "make a first commit" in state.unsupported[0]


def test_a_shallow_clone_is_told(source, tmp_path):
    git(source, "commit", "-q", "--allow-empty", "-m", "second")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{source}", "shallow")
    state = person.inspect(tmp_path / "shallow")
    assert state.shallow
    assert "--unshallow" in state.unsupported[0]


def test_submodules_filters_and_case_twins_are_each_named(source):
    (source / ".gitattributes").write_text("*.bin filter=lfs diff=lfs -text\n*.x filter=crypt\n")
    for name in ("photo.bin", "secret.x", "Read.md", "read.md"):
        (source / name).write_text("x")
    head = git(source, "rev-parse", "HEAD")
    git(source, "add", "-A")
    git(source, "update-index", "--add", "--cacheinfo", f"160000,{head},vendor/lib")
    git(source, "commit", "-qm", "all of it")
    reasons = " ".join(person.inspect(source).unsupported)
    assert "Submodules" in reasons and "'vendor/lib'" in reasons
    assert "Git LFS" in reasons and "'photo.bin'" in reasons
    assert "'crypt'" in reasons and "'secret.x'" in reasons
    assert "'Read.md', 'read.md'" in reasons


def test_a_linked_worktree_of_a_person_can_be_a_source(source, tmp_path):
    git(source, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    assert person.inspect(tmp_path / "side").branch == "side"


def test_a_folder_below_the_top_finds_its_repository(source):
    (source / "deep" / "er").mkdir(parents=True)
    assert person.inspect(source / "deep" / "er").top == source


def test_branches_are_listed_with_their_commits(source):
    git(source, "branch", "fix/ünï-\u202ecode")
    head = git(source, "rev-parse", "HEAD")
    assert set(person.branches(source)) == {Branch("main", head), Branch("fix/ünï-\u202ecode", head)}


def test_no_program_that_the_repository_names_is_run(source, trap, tmp_path):
    (source / ".gitattributes").write_text("* filter=x diff=x\n")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "attributes")
    spring(source, trap)
    (source / "a.txt").write_text("changed\n")
    person.inspect(source)
    person.branches(source)
    person.identity(source)
    assert not (tmp_path / "sprung").exists()


def test_a_repository_of_another_user_can_be_looked_at(source):
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    for path in (source, *source.rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    assert person.inspect(source).branch == "main"


def test_a_file_is_read_as_it_lies_in_the_working_tree(source):
    (source / "a.txt").write_text("not committed\n")
    assert read_confined(source, "a.txt") == b"not committed\n"
    with pytest.raises(FileNotFoundError):
        read_confined(source, "absent.md")


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/passwd", "a/../../secret", "link", "folder/x", "pipe", "sub", "", "a\0b"]
)
def test_a_path_that_leaves_the_repository_is_refused(source, tmp_path, path):
    (tmp_path / "secret").write_text("secret")
    (source / "link").symlink_to(tmp_path / "secret")
    (source / "folder").symlink_to(tmp_path)
    (source / "sub").mkdir()
    os.mkfifo(source / "pipe")
    with pytest.raises((PlanOutsideRepository, FileNotFoundError)) as refused:
        read_confined(source, path)
    assert refused.type is PlanOutsideRepository


def test_identity_is_who_the_person_is_to_their_git(source, tmp_path, monkeypatch):
    assert person.identity(source) == Person("Ada Lovelace", "ada@example.org")
    git(source, "config", "--unset", "user.name")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert person.identity(source) is None
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Countess\n")
    assert person.identity(source) == Person("Countess", "ada@example.org")


def test_the_trap_of_these_tests_does_spring_for_an_ordinary_git(source, trap, tmp_path):
    spring(source, trap)
    (tmp_path / "sprung").unlink(missing_ok=True)
    git(source, "status")
    assert (tmp_path / "sprung").exists()
