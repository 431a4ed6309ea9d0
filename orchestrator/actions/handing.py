"""A step that a person does: "I am done" hands in a tree, never a result; "give back" hands in nothing."""

from __future__ import annotations

from pathlib import Path

from orchestrator.engine import findings, judge
from orchestrator.engine.fire import fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.rows import DispatchRow
from orchestrator.engine.transitions import Actor, change
from orchestrator.exceptions import IllegalTransition, PersonError
from orchestrator.models import Dispatch, Run, RunStep, Workspace


def handed_out(run: Run) -> Dispatch | None:
    """The step that a person is doing now, or None."""
    return Dispatch.objects.filter(run=run, status="with_person").select_related("step", "run__project").first()


def worktree_of(dispatch: Dispatch) -> Workspace | None:
    """Where the work is done; None while it is being prepared."""
    return Workspace.objects.filter(dispatch=dispatch, status__in=("live", "held")).first()


def hand_in(dispatch: Dispatch, actor: Actor, note: str = "") -> None:
    """Take the worktree as it is. Guards, review, checks and commit follow as for any other work."""
    workspace = worktree_of(dispatch)
    if workspace is None or not workspace.path:
        raise PersonError("The worktree of this step is still being prepared. Try again in a moment.")
    ground = Ground.of(dispatch.run.project)
    work = ground.snapshot(Path(workspace.path), dispatch)
    if not ground.changed(dispatch.base_oid, work.commit):
        raise PersonError(f"Nothing was changed in {workspace.path} yet. Do the step there, then hand it in.")
    judged = judge.handed_in(ground, dispatch, work.commit)
    try:
        with change(dispatch.run_id, actor) as unit:
            fire(unit.board, DispatchRow, dispatch.pk, "done", note=note, **judged.verdict)
            findings.keep(unit.board, dispatch.step_id, judged.findings, dispatch.round, guards=True)
            unit.set(Dispatch, dispatch.pk, tree=work.commit, detail=note)
            unit.set(RunStep, dispatch.step_id, **judged.step)
    except IllegalTransition:
        raise PersonError("This step is no longer with you.") from None


def give_back(dispatch: Dispatch, actor: Actor, note: str) -> None:
    """Return a step without a result; a card asks what to do with it. What was begun is kept."""
    workspace = worktree_of(dispatch)
    begun = _begun(dispatch, Path(workspace.path)) if workspace is not None and workspace.path else ""
    try:
        with change(dispatch.run_id, actor) as unit:
            fire(unit.board, DispatchRow, dispatch.pk, "returned", reasons=[{"text": note or "It was given back."}])
            unit.set(Dispatch, dispatch.pk, tree=begun, detail=note)
    except IllegalTransition:
        raise PersonError("This step is no longer with you.") from None


def _begun(dispatch: Dispatch, folder: Path) -> str:
    """The commit of what a person had begun, or "" when they changed nothing."""
    ground = Ground.of(dispatch.run.project)
    work = ground.snapshot(folder, dispatch)
    return work.commit if ground.changed(dispatch.base_oid, work.commit) else ""
