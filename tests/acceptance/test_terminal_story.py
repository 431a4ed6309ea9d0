"""A whole run by command line, as a new user does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.terminal import Terminal
from tests.repositories import git, repository


@pytest.mark.ledger("B1", "B2", "B4", "B5", "B12", "B17", "C1", "X13")
def test_a_person_takes_a_run_from_the_plan_to_the_report(terminal, tmp_path):
    source = repository(tmp_path / "bells")
    terminal.ok("project", "add", str(source))
    started = terminal.ok("run", "start", "--project", "bells", "--runner", "person")
    assert "1 of 4 steps are already complete; 3 would run" in started.out
    assert "Git mode: not chosen yet" in started.out
    digest = terminal.ok("run", "show", "1", "--json").json["digest"]
    assert "Choose the git mode" in terminal.refused("run", "approve", "1", "--digest", digest)
    terminal.ok("run", "approve", "1", "--git", "engine")
    shown = terminal("decide", "99", "skip")
    assert shown.code == 2 and "no decision 99" in shown.err
    terminal.ok("run", "watch", "1", "--work")
    folder = Path(terminal.ok("run", "show", "1", "--json").json["with_you"]["worktree"])
    (folder / "bells.py").write_text("def small():\n    return 'clonk'\n")
    terminal.ok("run", "done", "1")
    watched = terminal.ok("run", "watch", "1", "--work").out
    assert "check failed" in watched and "exit 1, expected 0" in watched and "AssertionError" in watched
    card = terminal.ok("inbox", "--json").json[0]["id"]
    assert "needs a reason" in terminal.refused("decide", str(card), "skip")
    (folder / "bells.py").write_text("def small():\n    return 'ting'\n")
    preview = terminal.ok("decide", str(card), "recheck", "--preview").out
    assert "Uses your edits: +" in preview and "in bells.py" in preview
    decided = terminal.ok("decide", str(card), "recheck").out
    assert "No worker is alive" in decided
    terminal.ok("run", "watch", "1", "--work")
    report = terminal.ok("run", "report", "1").out
    assert report.startswith("# INTERIM: Bells") and "Step 2, Add the small bell: passed" in report
    assert "checks 2/2" in report
    assert git(source, "log", "--format=%s", "signalbox/plan-1", "-1") == "feat: add the small bell (step 2)"
    assert terminal.ok("audit", "verify").out == "2 chains hold.\n"


@pytest.mark.ledger("X15")
def test_the_demo_plays_the_example_to_the_end_that_its_story_says(tmp_path):
    said = Terminal(tmp_path / "data", TMPDIR=str(tmp_path))("demo")
    assert said.code == 0, said
    assert "This was a rehearsal" in said.out and "finished with gaps" in said.out


def test_pause_resume_and_abort_work_at_any_time(terminal, tmp_path):
    source = repository(tmp_path / "bells")
    terminal.ok("project", "add", str(source))
    terminal.ok("run", "start", "--project", "bells", "--runner", "person", "--git", "engine")
    assert "cannot take 'pause'" in terminal.refused("run", "pause", "1")
    terminal.ok("run", "approve", "1")
    terminal.ok("run", "watch", "1", "--work")
    assert "paused" in terminal.ok("run", "pause", "1").out
    assert "running" in terminal.ok("run", "resume", "1").out
    assert "aborted" in terminal.ok("run", "abort", "1", "--reason", "enough").out
    assert "cannot take 'resume'" in terminal.refused("run", "resume", "1")


def test_a_database_that_is_not_set_up_is_said_in_a_sentence(tmp_path):
    assert "manage.py migrate" in Terminal(tmp_path / "new").refused("project", "list")
