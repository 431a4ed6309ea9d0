"""What setup made, and when it may go: never while somebody works with it, and its going is an event."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.conf import settings

from agents.preparing import Made
from orchestrator import chain
from orchestrator.engine.ground import Ground
from orchestrator.engine.states import LEASED_DISPATCH, LIVE_CANDIDATE
from orchestrator.engine.transitions import ENGINE, Actor
from orchestrator.models import Candidate, Dispatch, Workspace
from plans.models import Project

DAY = 86_400


def all_of(project: Project) -> list[tuple[Made, float]]:
    """Each result of setup that is kept on this host, with the second of its last use."""
    return Ground.of(project).store.all()


def used_by(project: Project, key: str) -> str:
    """Who works with a result now, in words; "" for nobody."""
    at_work = Workspace.objects.filter(
        run__project=project, prepared__key=key, dispatch__status__in=sorted(LEASED_DISPATCH)
    )
    place = at_work.select_related("step").first()
    if place is not None:
        return f"step {place.step.key} of run {place.run_id}"
    begun = Dispatch.objects.filter(run__project=project, status="preparing").select_related("step").first()
    if begun is not None:
        return f"step {begun.step.key} of run {begun.run_id}"
    live = Candidate.objects.filter(run__project=project, status__in=sorted(LIVE_CANDIDATE)).first()
    return f"the checks of run {live.run_id}" if live is not None else ""


def remove(project: Project, made: Made, actor: Actor) -> None:
    """Delete a result of setup; the next who needs it makes it anew."""
    Ground.of(project).store.remove(made.key)
    places = [place.path for place in made.places]
    chain.note(
        "cache.removed", actor.name, actor.via, project=project.name, key=made.key, bytes=made.bytes, places=places
    )


def remove_unused() -> None:
    """Remove what nobody has used for as long as folders of ended runs stay."""
    for project, made in _past() if settings.RETENTION_DAYS else ():
        if not used_by(project, made.key):
            remove(project, made, ENGINE)


def _past() -> Iterator[tuple[Project, Made]]:
    limit = time.time() - settings.RETENTION_DAYS * DAY
    for project in Project.objects.all():
        for made, used in all_of(project):
            if used < limit:
                yield project, made
