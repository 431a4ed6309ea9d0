"""Who only looks can write anywhere in the tree, and nothing of it survives; however the tree is thrown away."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from agents.sandbox import Caps, Host, Jail, SandboxState, probe, run
from agents.sandbox.probing import OVERLAYS, _lays
from agents.sandbox.scratch import private_folder

pytestmark = pytest.mark.ledger("X6")

TOOLS = """
set -e
mkdir .cache node_modules && echo x > .cache/a
python3 -c "import compileall; compileall.compile_dir('.', quiet=1)"
echo changed > plan.md; rm gone.md; mv kept.md moved.md; ln -s /etc link; chmod 700 src
cat plan.md; ls __pycache__; test ! -e gone.md; test -f moved.md
"""


def ways() -> list[str]:
    return [*OVERLAYS, "copy"]


@pytest.fixture
def state(request) -> SandboxState:
    """This host's sandbox with one of the ways; skipped where that cannot be. BWRAP names another bubblewrap to try."""
    found = replace(probe(), program=os.environ.get("BWRAP", probe().program))
    with private_folder() as folder:
        (folder / "there").touch()
        if request.param != "copy" and not _lays(found, Jail("check", folder, writable=False), request.param):
            pytest.skip(f"{found.version} cannot lay a tree by {request.param}: install bubblewrap 0.11 or newer.")
    return replace(found, overlay=request.param)


def seen(worktree) -> dict[str, tuple[bytes, int]]:
    files = (path for path in worktree.rglob("*") if path.is_file())
    return {str(path.relative_to(worktree)): (path.read_bytes(), path.stat().st_mode) for path in files}


@pytest.mark.parametrize("state", ways(), indirect=True)
def test_real_tools_write_and_nothing_of_it_survives(worktree, state):
    for name in ("gone.md", "kept.md", "bells.py"):
        (worktree / name).write_text("x = 1\n")
    (worktree / "src").mkdir(mode=0o755)
    before = seen(worktree)
    done = run(("/bin/sh", "-c", TOOLS), Jail("check", worktree, writable=False), sandbox=state)
    assert done.exit_code == 0, done.output
    assert done.output.startswith(b"changed\n") and b"bells.cpython" in done.output
    assert seen(worktree) == before
    assert not any((worktree / name).exists() for name in (".cache", "node_modules", "__pycache__", "link"))


@pytest.mark.parametrize("state", ways(), indirect=True)
def test_each_command_begins_with_the_tree_as_it_is(worktree, state):
    jail = Jail("check", worktree, writable=False)
    assert run(("touch", "made"), jail, sandbox=state).exit_code == 0
    assert run(("test", "-e", "made"), jail, sandbox=state).exit_code == 1


@pytest.mark.parametrize("state", ways(), indirect=True)
def test_git_s_own_file_is_closed_in_it(worktree, state):
    done = run(("/bin/sh", "-c", "echo x > .git"), Jail("check", worktree, writable=False), sandbox=state)
    assert (worktree / ".git").read_text() == "gitdir: elsewhere\n"
    assert done.exit_code == 2 or state.overlay == "copy"


def test_no_copy_and_no_mount_is_left_behind(worktree, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    jail = Jail("check", worktree, writable=False)
    assert run(("touch", "made"), jail).exit_code == 0
    assert [path for path in tmp_path.iterdir() if path.name.startswith("signalbox-")] == []
    assert str(tmp_path) not in Path("/proc/self/mounts").read_text()


def test_a_throw_away_tree_that_is_filled_is_full_and_the_disk_is_not(worktree):
    if probe().overlay != "mount":
        pytest.skip("Only a layer of our own has a cap: it needs user namespaces and overlayfs.")
    host = Host(caps=Caps(scratch_bytes=5_000_000))
    done = run(
        (
            "/bin/sh",
            "-c",
            "for f in big /tmp/big; do head -c 50000000 /dev/zero > $f; ls -l $f; done",
        ),
        Jail("check", worktree, writable=False, host=host),
    )
    assert done.output.count(b"No space left on device") == 2
    sizes = [int(line.split()[4]) for line in done.output.decode().splitlines() if line.startswith("-")]
    assert len(sizes) == 2 and all(3_000_000 < size < 5_100_000 for size in sizes)
    assert not (worktree / "big").exists()


@pytest.mark.parametrize("name", ["with space", "colon:and,comma", "back\\slash", "-dash", "quote'\"", "ünï\ncode"])
def test_odd_names_of_the_worktree_s_folder_are_only_names(tmp_path, name):
    tree = tmp_path / name / "tree"
    tree.mkdir(parents=True)
    (tree / "file").write_text("there")
    for writable in (False, True):
        done = run(("/bin/sh", "-c", "cat file; echo x > file2"), Jail("check", tree, writable=writable))
        assert (done.exit_code, done.output) == (0, b"there"), done.output
    assert (tree / "file2").exists()
