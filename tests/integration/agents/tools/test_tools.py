"""The agent's tools on a real worktree, with real processes."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from agents.exceptions import ToolRefused
from agents.sandbox import Kit, Mount
from agents.tools import TOOLS, allowed, offers, use
from agents.tools.bench import Bench


@pytest.fixture
def worktree(tmp_path: Path) -> Path:
    root = tmp_path / "worktree"
    (root / "src").mkdir(parents=True)
    (root / ".git").write_text("gitdir: elsewhere\n")
    (root / "src" / "a.py").write_text("one\ntwo\ntwo\n")
    (tmp_path / "secret.txt").write_text("secret")
    (root / "link").symlink_to(tmp_path / "secret.txt")
    (root / "way").symlink_to(tmp_path)
    return root


def bench(worktree: Path, *, writable: bool = True, seconds: float = 30.0, cancelled=lambda: False) -> Bench:
    return Bench(worktree, writable, (), (), seconds, seconds, 100_000, False, cancelled)


def call(worktree: Path, name: str, **arguments: object) -> str:
    return use(name, arguments, tuple(TOOLS), bench(worktree))


def test_a_file_is_written_read_and_edited(worktree):
    call(worktree, "write_file", path="new/deep/b.txt", content="zwölf\n")
    assert "zwölf" in call(worktree, "read_file", path="new/deep/b.txt")
    call(worktree, "edit_file", path="new/deep/b.txt", old="zwölf", new="elf")
    assert (worktree / "new/deep/b.txt").read_text() == "elf\n"


def test_lines_come_with_their_numbers_and_can_be_paged(worktree):
    text = call(worktree, "read_file", path="src/a.py", first_line=2, lines=1)
    assert text == "2\ttwo\n… 2 more lines …"


def test_an_edit_that_is_not_unique_changes_nothing(worktree):
    with pytest.raises(ToolRefused, match="occurs 2 times"):
        call(worktree, "edit_file", path="src/a.py", old="two", new="three")
    assert (worktree / "src/a.py").read_text() == "one\ntwo\ntwo\n"


@pytest.mark.parametrize(
    "path", ["../secret.txt", "/etc/passwd", "link", "way/secret.txt", "src/../../secret.txt", ".git", ".GIT/x", "a\0b"]
)
@pytest.mark.parametrize("name", ["read_file", "write_file", "edit_file"])
def test_no_file_tool_leaves_the_worktree_or_touches_git(worktree, name, path):
    arguments = {"path": path, "content": "x", "old": "secret", "new": "x"}
    with pytest.raises(ToolRefused):
        call(worktree, name, **arguments)
    assert (worktree.parent / "secret.txt").read_text() == "secret"
    assert (worktree / ".git").read_text() == "gitdir: elsewhere\n"


@pytest.mark.parametrize(("path", "why"), [("none", "does not exist"), ("src", "is not a regular file"), (".", "root")])
def test_what_is_no_file_is_refused_with_the_reason(worktree, path, why):
    with pytest.raises(ToolRefused, match=why):
        call(worktree, "read_file", path=path)


def test_a_named_pipe_does_not_hang_a_tool(worktree):
    os.mkfifo(worktree / "pipe")
    for name in ("read_file", "write_file"):
        with pytest.raises(ToolRefused):
            call(worktree, name, path="pipe", content="x")


def test_files_are_listed_without_git_and_without_following_links(worktree):
    assert call(worktree, "list_files").split("\n") == ["link", "src/a.py"]


def test_search_finds_lines_and_says_when_there_are_none(worktree):
    assert call(worktree, "search", pattern="^two$", path="src") == "src/a.py:2:two\nsrc/a.py:3:two\n"
    assert call(worktree, "search", pattern="three") == "No line matches."


def test_a_search_pattern_is_never_an_option(worktree):
    assert call(worktree, "search", pattern="--help") == "No line matches."


def test_the_shell_works_in_the_worktree_and_tells_the_exit_code(worktree):
    text = call(worktree, "shell", command="echo made > made.txt; pwd; exit 3")
    assert text == "exit 3\n/repo\n"
    assert (worktree / "made.txt").exists()


def test_a_long_output_keeps_its_head_and_tail(worktree):
    text = call(worktree, "shell", command="echo first; yes | head -c 90000; echo last")
    assert len(text) < 31_000
    assert "first" in text
    assert text.endswith("last\n")


@pytest.mark.ledger("X6")
def test_a_read_only_role_writes_nothing_that_lasts(worktree):
    reader = bench(worktree, writable=False)
    assert "exit 0" in use("shell", {"command": "echo x > src/a.py && cat src/a.py"}, ("shell",), reader)
    assert (worktree / "src/a.py").read_text() == "one\ntwo\ntwo\n"


def test_a_read_only_role_is_offered_no_tool_that_writes():
    names = [offer["name"] for offer in offers(allowed(TOOLS, writable=False), "reviewer", asks=False)]
    assert names == ["shell", "read_file", "list_files", "search", "report"]


def test_a_tool_that_was_not_offered_is_refused(worktree):
    with pytest.raises(ToolRefused, match="no tool “write_file”"):
        use("write_file", {"path": "a", "content": "b"}, ("shell",), bench(worktree))


def test_unfit_arguments_are_explained(worktree):
    with pytest.raises(ToolRefused, match="command: Field required"):
        call(worktree, "shell", comand="ls")


def test_a_command_over_its_time_is_killed_and_said_so(worktree):
    text = use("shell", {"command": "echo begun; sleep 30"}, ("shell",), bench(worktree, seconds=1))
    assert text.startswith("killed after")
    assert "begun" in text


def test_a_cancelled_command_ends_at_once(worktree):
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    began = time.monotonic()
    assert "cancelled" in use("shell", {"command": "sleep 30"}, ("shell",), bench(worktree, cancelled=stop.is_set))
    assert time.monotonic() - began < 20


def test_what_setup_made_is_read_and_listed_at_its_place_and_searched_when_it_is_named(worktree, tmp_path):
    made = tmp_path / "made"
    (made / "lib").mkdir(parents=True)
    (made / "lib" / "bells.py").write_text("two\n")
    (made / "out").symlink_to(tmp_path / "secret.txt")
    (worktree / ".venv").mkdir()
    own = replace(bench(worktree), kit=Kit((Mount(made, ".venv"),)))

    def call(name: str, **arguments: object) -> str:
        return use(name, arguments, tuple(TOOLS), own)

    assert call("read_file", path=".venv/lib/bells.py") == "1\ttwo\n2\t"
    assert call("list_files", path=".venv") == ".venv/lib/bells.py\n.venv/out"
    assert ".venv" not in call("list_files")
    assert "bells" not in call("search", pattern="two")
    assert call("search", pattern="two", path=".venv") == ".venv/lib/bells.py:1:two\n"
    for path in (".venv/out", ".venv/../../secret.txt", ".venv-not/x"):
        with pytest.raises(ToolRefused):
            call("read_file", path=path)
