"""`run watch` and what every state of a run says in a terminal: where it stands, what is new, what to do next."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.acceptance.terminal import ROOT, Terminal
from tests.repositories import repository


@pytest.fixture
def terminal(terminal, tmp_path):
    """It knows the bells."""
    terminal.ok("project", "add", str(repository(tmp_path / "bells")))
    return terminal


def start(terminal: Terminal) -> str:
    return terminal.ok("run", "start", "--project", "bells", "--runner", "person", "--git", "engine").out


def test_before_approval_one_reads_where_it_goes_which_commands_run_and_what_to_type(terminal):
    said = start(terminal)
    assert "to branch signalbox/plan-1; one commit per step" in said
    assert "check of step 2: grep -n TODO bells.py" in said
    assert said.splitlines()[-1] == "Approve: manage.py run approve 1"
    watched = terminal.ok("run", "watch", "1")
    assert "waiting for approval" in watched.out and "Run made from" not in watched.out


def test_without_a_worker_watching_ends_at_once_and_names_what_starts_one(terminal):
    start(terminal)
    approved = terminal.ok("run", "approve", "1").out
    assert "No worker is alive. Start one: make up, or manage.py run watch 1 --work" in approved
    said = terminal("run", "watch", "1")
    assert said.code == 3
    assert "run: No worker is alive. Start one: make up, or manage.py run watch 1 --work" in said.err


def test_a_watch_shows_only_what_is_new_unless_it_is_asked_for_more(terminal):
    start(terminal)
    terminal.ok("run", "approve", "1")
    first = terminal.ok("run", "watch", "1", "--work").out
    assert "No worker is alive" not in first, "this is one"
    assert "a worker took the dispatch" in first and "Run made from" not in first
    assert "check of step 2: grep -n TODO bells.py" in first.splitlines()[-2]
    assert "Step 2 is yours, in " in first.splitlines()[-1]
    again = terminal.ok("run", "watch", "1").out
    assert again.count("Run 1 · Bells") == 1 and "a worker took the dispatch" not in again
    every = terminal.ok("run", "watch", "1", "--all").out
    assert "Run made from" in every and "a worker took the dispatch" in every
    some = terminal.ok("run", "watch", "1", "--since", "2").out
    assert "Run made from" not in some and "a worker took the dispatch" in some


def test_the_exit_code_says_how_the_run_stands_when_it_is_asked_for(terminal):
    start(terminal)
    assert terminal("run", "watch", "1", "--exit-code").code == 6
    terminal.ok("run", "approve", "1")
    terminal.ok("run", "watch", "1", "--work")
    folder = Path(terminal.ok("run", "show", "1", "--json").json["with_you"]["worktree"])
    (folder / "bells.py").write_text("def small():\n    return 'ting'\n")
    said = terminal.ok("run", "done", "1").out
    assert "check of step 2: grep -n TODO bells.py" in said and "No worker is alive" in said
    terminal.ok("run", "abort", "1", "--reason", "enough")
    ended = terminal("run", "watch", "1", "--work", "--exit-code")
    assert ended.code == 5 and ended.out.splitlines()[-1] == "Next: manage.py run report 1"


def test_who_worked_in_a_terminal_is_no_worker_any_more_when_it_has_ended(terminal):
    start(terminal)
    terminal.ok("run", "approve", "1")
    terminal.ok("run", "watch", "1", "--work")
    shown = terminal.ok("run", "watch", "1", "--json").json
    assert shown["needs_person"] is True and shown["with_you"]["step"] == "2"
    assert shown["worker_alive"] is False


def test_the_json_of_a_run_and_of_its_report_is_what_the_manual_says(terminal):
    start(terminal)
    manual = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8").partition("## JSON")[2]
    named = set(re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (`.*?) \|", manual, re.MULTILINE))))
    assert named and named <= set(terminal.ok("run", "show", "1", "--json").json)
    terminal.ok("run", "approve", "1")
    report = terminal.ok("run", "report", "1", "--json").json
    words = set(re.findall(r"`(\w+)`", manual))
    assert set(report) <= words and set(report["steps"][0]) <= words and set(report["steps"][0]["summary"]) <= words
