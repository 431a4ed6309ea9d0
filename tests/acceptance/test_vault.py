"""Looking again at work that was dropped, from a terminal."""

from __future__ import annotations

from pathlib import Path

from tests.repositories import git, repository


def test_work_that_was_skipped_is_found_in_the_vault_and_restored_beside_everything_else(terminal, tmp_path):
    assert terminal.ok("vault", "list").out == "Nothing has been saved yet.\n"
    terminal.ok("project", "add", str(repository(tmp_path / "bells")))
    terminal.ok("run", "start", "--project", "bells", "--runner", "person", "--git", "engine", "--scope", "2")
    terminal.ok("run", "approve", "1")
    terminal.ok("run", "watch", "1", "--work")
    folder = Path(terminal.ok("run", "show", "1", "--json").json["with_you"]["worktree"])
    (folder / "bells.py").write_text("def small():\n    return 'clonk'\n")
    terminal.ok("run", "done", "1")
    terminal.ok("run", "watch", "1", "--work")
    terminal.ok("decide", "1", "skip", "--reason", "not now", "--now")
    terminal.ok("run", "watch", "1", "--work")
    assert not folder.exists()
    saved = [row for row in terminal.ok("vault", "list", "--run", "1", "--json").json if row["what"]]
    assert saved[0]["what"] == "step 2, builder"
    assert saved[0]["state"][:12] in terminal.ok("vault", "list").out
    path = terminal.ok("vault", "restore", saved[0]["state"][:12], "--json").json["path"]
    assert "clonk" in git(Path(path), "diff") and Path(path) != folder
    assert "manage.py vault list" in terminal.refused("vault", "restore", "ffff")
