"""A new repository from a folder of files, for the example."""

from __future__ import annotations

import shutil
from pathlib import Path

from agents.workspaces.git import Git
from agents.workspaces.types import Person

BRANCH = "main"


def make_repository(files: Path, target: Path, person: Person, message: str) -> None:
    """Copy `files` to the new folder `target` and commit them there on `main` in the person's name. Nothing is at
    `target` until the repository is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    building = target.with_name(f"{target.name}.new")
    shutil.rmtree(building, ignore_errors=True)
    shutil.copytree(files, building)
    git = Git(building / ".git", work_tree=building)
    Git(building / ".git").run("init", "--quiet", f"--initial-branch={BRANCH}", "--template=", "--", str(building))
    git.run("config", "user.name", person.name)
    git.run("config", "user.email", person.email)
    git.run("add", "--all")
    git.run("commit", "--quiet", "--message", message)
    building.rename(target)
