"""Taking a saved state out of the vault: always into a new folder, so that nothing is ever overwritten."""

from __future__ import annotations

from pathlib import Path

from agents.workspaces.worktrees import Worktrees
from orchestrator import chain, storage
from orchestrator.engine.ground import Ground
from orchestrator.engine.transitions import Actor
from orchestrator.exceptions import PersonError
from plans.models import Project


def restore(project: Project, key: str, oid: str, actor: Actor) -> Path:
    """A new worktree without a branch, at the commit that the state grew from, with the state's files in it: `git
    diff` there shows what had been done. `oid` may be shortened. Raises PersonError."""
    found = [state.kept for state in storage.states(project, key) if oid and state.kept.oid.startswith(oid)]
    if len(found) != 1:
        raise PersonError(f"The vault of {project.name} has no single state '{oid}' under {key}. manage.py vault list")
    ground = Ground.of(project)
    shelf = Worktrees(ground.worktrees.mirror, storage.shelf(project))
    path = shelf.restore(ground.vault, found[0], f"{key}-{found[0].oid[:10]}")
    chain.note("vault.restored", actor.name, actor.via, project=project.name, key=key, oid=found[0].oid, path=str(path))
    return path
