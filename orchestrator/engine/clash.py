"""Where a person resolves a conflict by hand: a worktree of what has landed and the step's work merged into each other,
with conflict markers where both changed the same lines."""

from __future__ import annotations

from agents.workspaces.types import Conflict
from orchestrator.engine.ground import Ground
from orchestrator.engine.holder import me
from orchestrator.models import Candidate, Dispatch, Workspace

MARKER = b"<<<<<<< "


def open_worktree(candidate: Candidate, ground: Ground) -> Workspace | None:
    """A new worktree on the head that the candidate conflicts with; None for a step that nobody built."""
    step = candidate.step
    builder = Dispatch.objects.filter(step=step, role="builder", status="succeeded").order_by("-id").first()
    if builder is None:
        return None
    row = Workspace.objects.create(
        run=candidate.run, step=step, dispatch=builder, host=me()["host"], base_oid=candidate.base_oid
    )
    oid = ground.onto(candidate.base_oid, candidate.work_oid)
    path = ground.checkout(oid, f"run{candidate.run_id}-{step.position + 1}-resolve-w{row.pk}")
    Workspace.objects.filter(pk=row.pk).update(path=str(path))
    return row


def reason(conflict: Conflict) -> dict[str, object]:
    """Why the card opens."""
    named = ", ".join(conflict.files)
    text = f"What has landed meanwhile and this step's work changed the same lines of {named}."
    return {"text": text, "files": list(conflict.files)}


def unresolved(ground: Ground, oid: str, files: list[str]) -> list[str]:
    """The files of a commit that still hold conflict markers."""
    texts = {path: ground.hub.read_blob(oid, path) or b"" for path in files}
    return [path for path, text in texts.items() if any(line.startswith(MARKER) for line in text.splitlines())]
