"""Removing what setup made, by a person's word."""

from __future__ import annotations

from orchestrator.engine import caches
from orchestrator.engine.transitions import Actor
from orchestrator.exceptions import PersonError
from plans.models import Project


def remove_cache(project: Project, key: str, actor: Actor) -> None:
    """Remove one result of setup on this host. Raises PersonError while somebody works with it."""
    made = next((made for made, _ in caches.all_of(project) if made.key == key), None)
    if made is None:
        raise PersonError("This setup is not here any more.")
    user = caches.used_by(project, key)
    if user:
        raise PersonError(f"It is in use by {user}. Remove it when that has ended.")
    caches.remove(project, made, actor)
