"""What a worktree was prepared with, in its jails."""

from __future__ import annotations

import pytest

from agents.sandbox import Fence, Kit, Mount

pytestmark = pytest.mark.ledger("X16")


@pytest.fixture
def kit(worktree, tmp_path):
    """Something made elsewhere, shown at web/made, where the worktree has an empty folder for it."""
    made = tmp_path / "data" / "prepared"
    (made / "bin").mkdir(parents=True)
    (made / "bin" / "tune").write_text("#!/bin/sh\necho tuned\n")
    (made / "bin" / "tune").chmod(0o755)
    (worktree / "web" / "made").mkdir(parents=True)
    return Kit((Mount(made, "web/made"),), ("web/made/bin",), {"PORT": "20010"})


@pytest.mark.parametrize("writable", [True, False])
def test_it_is_shown_read_only_with_its_programs_and_variables(shell, kit, writable):
    done = shell("tune; echo $PORT; touch web/made/x || echo no; touch web/y && echo yes", kit=kit, writable=writable)
    lines = done.output.decode().splitlines()
    assert (lines[:2], lines[-2:]) == (["tuned", "20010"], ["no", "yes"])


def test_it_is_shown_in_a_folder_that_a_fence_closes(shell, kit):
    assert shell("tune", kit=kit, fence=Fence(closed=("web",))).output == b"tuned\n"
    assert shell("tune", kit=kit, fence=Fence(open=("src/**",))).output == b"tuned\n"


@pytest.mark.parametrize("target", ["/tmp", "..", "/oldroot/tmp", "plan.md", "nowhere"])
@pytest.mark.parametrize("writable", [True, False])
def test_a_link_on_the_way_is_never_followed(shell, kit, worktree, target, writable):
    """bubblewrap would follow it, and make what is missing at its other end."""
    (worktree / "web" / "made").rmdir()
    (worktree / "web").rmdir()
    (worktree / "web").symlink_to(target)
    done = shell("tune || echo not here", kit=kit, writable=writable)
    assert done.output.endswith(b"not here\n")
    assert not (worktree.parent / "made").exists()


def test_what_was_moved_away_is_not_shown_and_nothing_is_made_in_its_place(shell, kit, worktree):
    assert shell("mv web elsewhere", kit=kit).exit_code == 0
    assert shell("tune || echo not here", kit=kit).output.endswith(b"not here\n")
    assert not (worktree / "web").exists() and (worktree / "elsewhere" / "made").is_dir()
