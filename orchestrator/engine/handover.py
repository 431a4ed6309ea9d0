"""User-managed mode: what has passed is written into the person's clone, uncommitted; what they make of it is the
next base. The engine commits on no branch there (B5)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from agents.workspaces.handover import PersonsClone
from agents.workspaces.types import Person
from orchestrator.engine.ground import Ground
from orchestrator.failpoints import failpoint
from orchestrator.models import Candidate, Line, Run

_TAKEN = Person("taken", "taken")


def make_clone(run: Run, oid: str) -> str:
    """Make the person's clone of a run at a commit; returns its path."""
    project = run.project
    path = Path(settings.DATA) / "clones" / f"run-{run.pk}" / project.name
    clone = PersonsClone(path, Ground.of(project).hub)
    clone.make(oid, run.branch, project.location, Person(project.author_name, project.author_email))
    return str(path)


def hand_over(candidate: Candidate) -> None:
    """Write a landed candidate's files into the clone; again after a crash is harmless."""
    if candidate.line.clone:
        ground = Ground.of(candidate.run.project)
        before = ground.hub.tree_of(candidate.base_oid)
        failpoint("before_hand_over")
        PersonsClone(Path(candidate.line.clone), ground.hub).receive(before, candidate.tree)
        failpoint("after_hand_over")


def take_back(line: Line) -> bool:
    """Make what the person has in their clone the head of the line; False when it is that already.

    What is taken is kept in the vault as well: their files are never the only copy of what the next step builds on."""
    line.refresh_from_db()
    if not line.clone:
        return False
    ground = Ground.of(line.run.project)
    line.head_oid = ground.head(line)
    seen = PersonsClone(Path(line.clone), ground.hub).look()
    if seen.tree == ground.hub.tree_of(line.head_oid):
        return False
    oid = ground.hub.commit(seen.tree, (line.head_oid,), "taken from the clone\n", _TAKEN, _TAKEN, datetime.now(UTC))
    ground.vault.keep(ground.hub.git, seen.tree, f"run-{line.run_id}", line.head_oid)
    failpoint("after_taken_commit")
    if not ground.hub.compare_and_swap(line.ref, oid, line.head_oid):
        return take_back(line)
    failpoint("after_taken_swap")
    Line.objects.filter(pk=line.pk).update(head_oid=oid)
    return True


def committed_head(line: Line) -> str:
    """The commit the person's clone is at, made the head of the line; "" while something there is not committed."""
    ground = Ground.of(line.run.project)
    seen = PersonsClone(Path(line.clone), ground.hub).look()
    if not seen.head or seen.tree != ground.hub.tree_of(seen.head):
        return ""
    ground.hub.compare_and_swap(line.ref, seen.head, line.head_oid)
    return seen.head
