"""Bad input gets one clear sentence with what to do, exit 2, no stack trace, and nothing is lost."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.acceptance.warm import WarmTerminal
from tests.repositories import PLAN, git, repository


@pytest.fixture(scope="module")
def terminal(installation, tmp_path_factory):
    data = tmp_path_factory.mktemp("one for all") / "data"
    with WarmTerminal(Path(shutil.copytree(installation, data))) as terminal:
        yield terminal


@pytest.fixture(scope="module")
def bells(terminal, tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    terminal.ok("project", "add", str(repository(folder / "bells", {"notes.txt": "x"})))
    return folder / "bells"


def start(terminal, *words):
    return terminal.refused("run", "start", *words, "--project", "bells", "--runner", "person", "--git", "engine")


def test_a_folder_that_is_no_repository(terminal, tmp_path):
    assert "git init" in terminal.refused("project", "add", str(tmp_path))
    assert "is no folder" in terminal.refused("project", "add", str(tmp_path / "nowhere"))


def test_a_bare_an_empty_and_a_shallow_repository(terminal, tmp_path):
    git(tmp_path, "init", "-q", "--bare", "bare.git")
    assert "bare" in terminal.refused("project", "add", str(tmp_path / "bare.git"))
    git(tmp_path, "init", "-q", "empty")
    assert "no commits yet" in terminal.refused("project", "add", str(tmp_path / "empty"))
    source = repository(tmp_path / "full")
    (source / "more").write_text("x")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "More")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{source}", "shallow")
    assert "--unshallow" in terminal.refused("project", "add", str(tmp_path / "shallow"))


def test_a_detached_head_is_asked_which_branch(terminal, tmp_path):
    source = repository(tmp_path / "detached")
    git(source, "checkout", "-q", "--detach")
    assert "Say which to start from: main" in terminal.refused("project", "add", str(source))
    terminal.ok("project", "add", str(source), "--branch", "main")


def test_the_same_repository_or_name_twice(terminal, bells, tmp_path):
    assert "already here" in terminal.refused("project", "add", str(bells))
    other = repository(tmp_path / "bells")
    assert "another name" in terminal.refused("project", "add", str(other))


def test_a_url_that_leads_nowhere_or_where_it_must_not(terminal):
    who = ("--author", "Ada <ada@example.org>")
    assert "was not found" in terminal.refused("project", "add", "https://nowhere.invalid/x.git", *who)
    assert "private network" in terminal.refused("project", "add", "http://127.0.0.1/x.git", *who)
    assert "out of the URL" in terminal.refused("project", "add", "https://me:secret@example.org/x.git", *who)
    assert "not a way" in terminal.refused("project", "add", "git://example.org/x.git", *who)
    assert "is no folder" in terminal.refused("project", "add", "ext::sh -c id")


def test_a_missing_an_empty_and_a_binary_plan(terminal, bells):
    assert "no plan NOPE.md" in start(terminal, "NOPE.md")
    (bells / "empty.md").write_text("")
    assert "empty.md:1:" in start(terminal, "empty.md")
    (bells / "binary.md").write_bytes(b"\x00\x01\xff" * 50)
    assert "binary.md:1:" in start(terminal, "binary.md")
    (bells / "latin.md").write_bytes("### Step 1: Größe\n".encode("latin-1"))
    assert "UTF-8" in start(terminal, "latin.md")
    assert "notes.txt:1:" in start(terminal, "notes.txt")


def test_a_plan_outside_the_repository(terminal, bells, tmp_path):
    assert "leads out of the repository" in start(terminal, "../PLAN.md")
    assert "not inside" in start(terminal, str(tmp_path / "PLAN.md"))
    (tmp_path / "PLAN.md").write_text(PLAN)
    (bells / "linked.md").symlink_to(tmp_path / "PLAN.md")
    assert "link" in start(terminal, "linked.md")


def test_a_plan_with_a_cycle_blocks_the_approval_with_its_path(terminal, bells):
    text = PLAN.replace("**Objective**: A small bell", "**Depends on**: Step 3\n\n**Objective**: A small bell")
    (bells / "cycle.md").write_text(text)
    said = terminal.ok("run", "start", "cycle.md", "--project", "bells", "--runner", "person", "--git", "engine")
    assert "cycle" in said.out
    run = said.out.split()[1]
    assert "cycle" in terminal.refused("run", "approve", run)


def test_an_unknown_scope_profile_runner_project_run_and_user(terminal, bells):
    assert "names '12'" in start(terminal, "PLAN.md", "--scope", "12")
    assert "Known profiles: blueprint" in start(terminal, "PLAN.md", "--profile", "scrum")
    assert "Known runners" in terminal.refused("run", "start", "PLAN.md", "--project", "bells", "--runner", "robot")
    assert "Known projects: bells" in terminal.refused("run", "start", "--project", "nope")
    assert "no run 99" in terminal.refused("run", "show", "99")
    assert "Known users" in terminal.refused("run", "pause", "1", "--as", "nobody")
    assert "git mode is" in terminal.refused("run", "start", "PLAN.md", "--project", "bells", "--git", "both")


def test_files_that_are_not_committed_are_named_and_the_plan_is_taken_as_it_is(terminal, bells):
    (bells / "scratch.txt").write_text("not committed")
    said = terminal.ok("run", "start", "PLAN.md", "--project", "bells", "--runner", "person", "--git", "engine")
    assert "Not committed, so the run does not see:" in said.out and "scratch.txt" in said.out


def test_a_branch_that_exists_is_refused_with_the_way_out(terminal, bells):
    git(bells, "branch", "taken")
    assert "branch -D taken" in start(terminal, "PLAN.md", "--branch", "taken")


def test_a_plan_that_is_complete_has_nothing_to_run(terminal, bells):
    (bells / "done.md").write_text("# D\n\n### ✅ Step 1: Done\n\n**Acceptance criteria**:\n- It is.\n")
    assert "already complete" in start(terminal, "done.md")
