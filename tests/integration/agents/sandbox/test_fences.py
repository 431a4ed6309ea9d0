"""A fence holds a real command by mount and our own tools by name."""

from __future__ import annotations

import pytest

from agents.exceptions import ToolRefused
from agents.sandbox import RULES, Fence
from agents.tools import TOOLS, use
from agents.tools.bench import Bench

pytestmark = pytest.mark.ledger("X6")

CHANGE_RULES = """
echo x >> signalbox.toml; rm -f signalbox.toml; mv signalbox.toml away; echo x > new; cp new signalbox.toml
rm -rf .github; mv .github elsewhere; echo x > .github/workflows/ci.yml; ln -sf /etc/passwd signalbox.toml
echo x > src/app.py && echo written
"""


@pytest.fixture
def tree(worktree):
    for name in (".github/workflows", "src/deep", "docs"):
        (worktree / name).mkdir(parents=True)
    (worktree / "signalbox.toml").write_text("# rules\n")
    (worktree / ".github/workflows/ci.yml").write_text("on: push\n")
    (worktree / "src/app.py").write_text("pass\n")
    return worktree


def test_a_command_cannot_change_the_files_that_make_its_rules(shell, tree):
    done = shell(CHANGE_RULES, fence=Fence(closed=RULES))
    assert done.output.count(b"Read-only file system") >= 2 and b"Device or resource busy" in done.output
    assert done.output.endswith(b"written\n")
    assert (tree / "signalbox.toml").read_text() == "# rules\n"
    assert (tree / ".github/workflows/ci.yml").read_text() == "on: push\n"
    assert (tree / "src/app.py").read_text() == "x\n"


def test_a_command_writes_only_where_its_fence_is_open(shell, tree):
    line = "echo x > docs/a.md; echo x > top; rm plan.md; echo x > src/deep/new.py; echo x > src/app.py; ls src/deep"
    done = shell(line, fence=Fence(open=("src/**",)))
    assert done.output.count(b"Read-only file system") == 3 and done.output.endswith(b"new.py\n")
    assert sorted(path.name for path in tree.iterdir()) == [
        ".git",
        ".github",
        "docs",
        "plan.md",
        "signalbox.toml",
        "src",
    ]


def test_what_fences_name_does_not_keep_a_read_only_role_from_its_throw_away_tree(shell, tree):
    done = shell("echo x > signalbox.toml && cat signalbox.toml", writable=False, fence=Fence(closed=RULES))
    assert done.output == b"x\n"
    assert (tree / "signalbox.toml").read_text() == "# rules\n"


@pytest.mark.parametrize(
    ("tool", "path"),
    [("write_file", "signalbox.toml"), ("write_file", ".github/new.yml"), ("edit_file", ".github/workflows/ci.yml"),
     ("write_file", "src/../signalbox.toml"), ("write_file", "./signalbox.toml")],
)  # fmt: skip
def test_a_tool_of_ours_is_held_by_the_same_fence(tree, tool, path):
    fence = Fence(closed=RULES)
    bench = Bench(tree, True, (), (), 9.0, 9.0, 1000, False, lambda: False, fence)
    call = {"path": path, "content": "x"} if tool == "write_file" else {"path": path, "old": "on", "new": "off"}
    with pytest.raises(ToolRefused):
        use(tool, call, tuple(TOOLS), bench)
    assert (tree / "signalbox.toml").read_text() == "# rules\n"
    assert (tree / ".github/workflows/ci.yml").read_text() == "on: push\n"
    assert not (tree / ".github/new.yml").exists()
