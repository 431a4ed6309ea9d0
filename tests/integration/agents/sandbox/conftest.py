from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agents.sandbox import Finished, Jail, run


@pytest.fixture
def worktree(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "worktree"
    folder.mkdir(parents=True)
    (folder / ".git").write_text("gitdir: elsewhere\n")
    (folder / "plan.md").write_text("# A plan\n")
    return folder


@pytest.fixture
def shell(worktree: Path) -> Callable[..., Finished]:
    """Run a shell line in a jail around `worktree`; words beyond the line are the jail's."""

    def go(line: str, *, cancelled=None, on_output=None, stdin=None, **options) -> Finished:
        jail = Jail(**{"kind": "agent", "worktree": worktree, "writable": True, "grace_seconds": 0.3, **options})
        return run(("/bin/sh", "-c", line), jail, cancelled=cancelled, on_output=on_output, stdin=stdin)

    return go
