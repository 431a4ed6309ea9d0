"""A step that a person does: the worktree it is done in, made by whoever claimed it or took it on."""

from __future__ import annotations

from django.db.models import F

from agents.exceptions import AgentsError, SetupFailed
from agents.preparing import Made
from orchestrator.engine import briefing, preparing, provenance, shortage
from orchestrator.engine.fire import fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.holder import is_dead, me
from orchestrator.engine.lease import Lease
from orchestrator.engine.placing import new_workspace
from orchestrator.engine.rows import DispatchRow, WorkspaceRow
from orchestrator.engine.transitions import change
from orchestrator.failpoints import failpoint
from orchestrator.models import Dispatch


def prepare_person(dispatch: Dispatch) -> None:
    """Make the worktree of a step that a person does; called by whoever claimed it or took it on, and held by beats
    until it stands: a host that dies meanwhile leaves it to another."""
    with Lease(DispatchRow, dispatch.pk, dispatch.epoch) as lease:
        _prepare_person(dispatch, lease)


def _prepare_person(dispatch: Dispatch, lease: Lease) -> None:
    ground = Ground.of(dispatch.run.project)
    if not _is_proven(dispatch, ground):
        return
    try:
        made, lacks = _set_up(dispatch, ground, lease)
        workspace = new_workspace(ground, dispatch, made, copied=True).workspace
        brief = briefing.brief(dispatch, ground)
    except (AgentsError, OSError) as error:
        shortage.met(error)
        # Without a holder the sweep may let anybody try again.
        Dispatch.objects.filter(pk=dispatch.pk, epoch=dispatch.epoch).update(holder={}, detail=str(error))
        return
    with change(dispatch.run_id) as unit:
        row = unit.board.get(DispatchRow, dispatch.pk)
        if (row.status, row.epoch) != ("with_person", dispatch.epoch):
            return
        fire(unit.board, WorkspaceRow, workspace.pk, "ready")
        unit.set(Dispatch, dispatch.pk, brief=brief.text, brief_sha256=brief.sha256, holder={}, detail=lacks)
    failpoint("after_person_worktree")


def _is_proven(dispatch: Dispatch, ground: Ground) -> bool:
    """Whether the base holds what the step builds on; else the dispatch is refused, and a card says why."""
    proof = provenance.prove(ground, dispatch)
    if proof.lacking:
        with change(dispatch.run_id) as unit:
            row = unit.board.get(DispatchRow, dispatch.pk)
            if (row.status, row.epoch) == ("with_person", dispatch.epoch):
                reasons = provenance.reasons(dispatch.base_oid, proof.lacking)
                fire(unit.board, DispatchRow, row.id, "base_unproven", reasons=reasons)
    elif proof.contains:
        mine = Dispatch.objects.filter(pk=dispatch.pk, epoch=dispatch.epoch)
        mine.update(contains=[list(commit) for commit in proof.contains])
    return not proof.lacking


def _set_up(dispatch: Dispatch, ground: Ground, lease: Lease) -> tuple[Made | None, str]:
    """What setup made, else why there is nothing: a person can work without it, and sees its log. Raises
    SetupStopped."""
    try:
        errand = preparing.Errand(dispatch.run, dispatch.step, lease.stopped)
        return preparing.ready(errand, ground, dispatch.base_oid, dispatch.base_oid), ""
    except SetupFailed as error:
        return None, f"Its setup failed: {error}"


def take_on_person(dispatch: Dispatch) -> bool:
    """Make the worktree that whoever handed the step to a person never finished; False while somebody is at it."""
    if dispatch.holder and not is_dead(dispatch.holder):
        return False
    mine = Dispatch.objects.filter(pk=dispatch.pk, epoch=dispatch.epoch, status="with_person")
    if not mine.update(epoch=F("epoch") + 1, holder=me()):
        return False
    dispatch.refresh_from_db()
    prepare_person(dispatch)
    return True
