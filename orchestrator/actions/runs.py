"""Starting, approving, pausing, resuming and aborting a run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from agents import configuration
from agents.workspaces.objects import check_ref
from agents.workspaces.source import tree_refusals
from orchestrator import chain, rehearsing, sandboxing
from orchestrator.actions import drift
from orchestrator.actions.compiling import compiled
from orchestrator.actions.reading import PlanText, read_plan, resolve_plan, scope_of
from orchestrator.engine import handover
from orchestrator.engine.compile import stopping
from orchestrator.engine.fire import fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.policy import PERSON, Policy, load_policy
from orchestrator.engine.receipts import tree_of
from orchestrator.engine.rows import RunRow
from orchestrator.engine.states import RUN_OVER
from orchestrator.engine.transitions import ENGINE, Actor, change
from orchestrator.exceptions import IllegalTransition, PersonError
from orchestrator.models import Line, Receipt, Run, RunHead, RunStep, RunStepDependency
from plans.models import Project
from plans.naming import short_name

RUNNERS = ("anthropic_api", PERSON)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to run. `git` may stay empty until approval; `reviewer` only matters to a person's run."""

    plan: str = ""
    profile: str = "blueprint"
    runner: str = "anthropic_api"
    reviewer: str = ""
    git: str = ""
    scope: str = ""
    branch: str = ""


def start(project: Project, wish: Wish, actor: Actor, user_id: int) -> Run:
    """Read the plan, compile it, and offer it for approval. Nothing runs before that."""
    policy = _policy(wish)
    scripted = wish.runner != PERSON and not rehearsing.has_model()
    unsafe = sandboxing.runs_unsafe(is_example=project.is_example, scripted=scripted)
    text = read_plan(project, resolve_plan(project, wish.plan))
    scope = scope_of(text.parsed, wish.scope)
    ground = Ground.of(project)
    start_oid = ground.fetch(project.branch)
    _startable(ground, project.branch, start_oid)
    revision = text.store(project, "the start of a run")
    with transaction.atomic():
        run = Run.objects.create(
            project=project, plan=revision.plan, revision=revision, profile=wish.profile, policy=policy.as_dict(),
            scope=scope, base_branch=project.branch, start_oid=start_oid, branch=f"run-{user_id}",
            scripted=scripted, unsafe=unsafe, created_by_id=user_id, engine_version=settings.ENGINE_VERSION,
        )  # fmt: skip
        RunHead.objects.create(chain=run.pk)
        run.branch = wish.branch or _branch(policy, run)
        _check_branch(project, run)
        _compile(run, text, ground)
        head = chain.lock(run.pk)
        chain.append(head, [chain.Record("run.created", actor.name, actor.via, "", {"plan": revision.plan.path})])
    with change(run.pk, actor) as unit:
        fire(unit.board, RunRow, run.pk, "compiled", digest=tree_of(run).digest)
    run.refresh_from_db()
    return run


def _startable(ground: Ground, branch: str, oid: str) -> None:
    """What a project was refused for when it was added may have come to its branch since."""
    refusals = tree_refusals(ground.hub.git, oid)
    if refusals:
        raise PersonError(f"No run can start from {branch} as it is: {' '.join(refusals)}")


def _policy(wish: Wish) -> Policy:
    if wish.runner not in RUNNERS:
        raise PersonError(f"There is no runner '{wish.runner}'. Known runners: {', '.join(RUNNERS)}.")
    policy = load_policy(wish.profile).with_runner(wish.runner, wish.reviewer or None)
    return policy.with_git(wish.git) if wish.git else policy


def _branch(policy: Policy, run: Run) -> str:
    name = short_name(run.plan.path)
    safe = "".join(letter if letter.isalnum() else "-" for letter in name).strip("-") or "plan"
    return policy.branch.format(plan=safe, run=run.pk)


def _check_branch(project: Project, run: Run) -> None:
    check_ref(run.branch)
    origin = Ground.of(project).origin
    if run.branch in origin.tips():
        raise PersonError(
            f"The branch {run.branch} exists already. Name another with --branch, or delete it: "
            f"{origin.deletion(run.branch)}"
        )
    busy = Run.objects.filter(project=project, plan=run.plan, branch=run.branch).exclude(pk=run.pk)
    if busy.exclude(status__in=sorted(RUN_OVER)).exists():
        raise PersonError(f"Run {busy[0].pk} of this plan already works towards {run.branch}.")


def _compile(run: Run, text: PlanText, ground: Ground) -> None:
    found = compiled(run, text, ground, run.scope)
    plan = found["plan"]
    if plan["chosen"] == 0:
        raise PersonError(_nothing_to_do(plan["total"], plan["done"]))
    run.compiled = found | {"dirty": text.dirty, "uncommitted_plan": text.differs_from(ground, run.start_oid)}
    run.save()


def _nothing_to_do(total: int, done: int) -> str:
    if total and total == done:
        return f"All {total} steps of this plan are already complete. There is nothing to run."
    return "The scope chooses no step that is still open. Choose others."


def rescope(run: Run, *, scope: str | None = None, git: str | None = None, actor: Actor = ENGINE) -> Run:
    """Compile anew with another scope or git mode, before approval."""
    if run.status != "awaiting_approval":
        raise PersonError(f"Run {run.pk} is {run.status.replace('_', ' ')}; its scope can no longer be changed.")
    ground = Ground.of(run.project)
    if git:
        run.policy = Policy.from_dict(run.policy).with_git(git).as_dict()
    text = read_plan(run.project, run.plan.path)
    run.scope = run.scope if scope is None else scope_of(text.parsed, scope)
    run.revision = text.store(run.project, f"run {run.pk}, before its approval")
    with transaction.atomic():
        _compile(run, text, ground)
        with change(run.pk, actor) as unit:
            fire(unit.board, RunRow, run.pk, "rescoped", scope=run.scope)
            fire(unit.board, RunRow, run.pk, "compiled", digest=tree_of(run).digest)
    run.refresh_from_db()
    return run


def approve(run: Run, actor: Actor, user_id: int, *, digest: str = "", git: str = "", scope: str | None = None) -> Run:
    """Approve exactly what was shown: `digest` is the receipt's as the person saw it ("" approves what is there now).

    Raises PersonError when no git mode was chosen, the plan has errors, or what was shown is no longer so."""
    if run.status != "awaiting_approval":
        raise PersonError(f"Run {run.pk} is {run.status.replace('_', ' ')}; it does not wait for approval.")
    if git or scope is not None:
        run = rescope(run, scope=scope, git=git, actor=actor)
    _approvable(run)
    if _plan_moved(run):
        rescope(run, actor=actor)
        raise PersonError("The plan was edited since this was shown. It was read anew; look again and approve.")
    tree = tree_of(run)
    if digest and digest != tree.digest:
        raise PersonError("What you saw is not what would run now. Look again and approve.")
    start_of_line = _plan_commit(run)
    clone = handover.make_clone(run, start_of_line) if run.policy["git"] == "user" else ""
    try:
        with change(run.pk, actor) as unit:
            _make_steps(run, start_of_line, clone)
            fire(unit.board, RunRow, run.pk, "approve", digest=tree.digest)
            unsettled, gaps = _counts(run)
            unit.board.put(replace(unit.board.run, unsettled=unsettled, gaps=gaps))
            Receipt.objects.create(
                run=run, digest=tree.digest, leaves=tree.leaves, approved_by_id=user_id, via=actor.via
            )
    except (IllegalTransition, IntegrityError):
        raise PersonError(f"Run {run.pk} was approved or changed by somebody else in the same moment.") from None
    run.refresh_from_db()
    return run


def _approvable(run: Run) -> None:
    if not run.policy.get("git"):
        raise PersonError(
            "Choose the git mode: --git engine (one commit per step by Signalbox) or --git user (you commit)."
        )
    errors = stopping(run.compiled["problems"], run.compiled["plan"])
    if errors:
        first, more = errors[0], len(errors) - 1
        others = (
            f" {more} more error{'s' if more > 1 else ''} stand{'' if more > 1 else 's'} beside it." if more else ""
        )
        raise PersonError(f"{first['path']}:{first['line']}: {first['message']}{others}{_mend(first['path'])}")


def _mend(path: str) -> str:
    """What a person does about the configuration, which is read in the commit that a run starts from."""
    return " Mend and commit it, then start the run anew." if path == configuration.PATH else ""


def _plan_moved(run: Run) -> bool:
    text = read_plan(run.project, run.plan.path)
    return text.store(run.project, f"the approval of run {run.pk}").pk != run.revision_id


def _plan_commit(run: Run) -> str:
    """The commit the line starts at: the start commit, with the plan as the person has it in their working tree."""
    if not run.compiled["uncommitted_plan"]:
        return run.start_oid
    ground = Ground.of(run.project)
    files = {path: text.encode("utf-8", "surrogateescape") for path, text in run.revision.files.items()}
    tree = ground.hub.with_files(ground.hub.tree_of(run.start_oid), files)
    return ground.commit(tree, run.start_oid, f"docs: bring in {run.plan.path} as approved\n")


def _make_steps(run: Run, start_oid: str, clone: str) -> None:
    planned = {step["key"]: step for step in run.compiled["plan"]["steps"]}
    ref = f"refs/signalbox/runs/{run.pk}/main"
    Ground.of(run.project).hub.set_ref(ref, start_oid)
    line = Line.objects.create(run=run, ref=ref, head_oid=start_oid, forked_at=start_oid, clone=clone)
    rows = RunStep.objects.bulk_create(
        RunStep(
            run=run, step=step.step, line=line, key=step.key, title=step.title, group=step.group,
            position=step.position, status=planned[step.key]["start"], stages=list(planned[step.key]["stages"]),
            items=planned[step.key]["unproven"], unproven=planned[step.key]["unproven"],
        )
        for step in run.revision.steps()
        if step.key in planned
    )  # fmt: skip
    by_key = {row.key: row for row in rows}
    edges = []
    for row in rows:
        dropped = planned[row.key]["dropped"]
        for key in planned[row.key]["depends_on"]:
            reason = "not in the approved scope" if key in dropped else ""
            edges.append(RunStepDependency(run=run, step=row, on=by_key[key], waived=key in dropped, reason=reason))
            if key not in dropped and by_key[key].status != "already_done":
                row.unmet += 1
    RunStepDependency.objects.bulk_create(edges)
    RunStep.objects.bulk_update(rows, ["unmet"])


def _counts(run: Run) -> tuple[int, int]:
    statuses = list(RunStep.objects.filter(run=run).values_list("status", flat=True))
    return statuses.count("waiting"), statuses.count("out_of_scope")


def pause(run: Run, actor: Actor, after: str = "now", reason: str = "") -> None:
    """Pause now, or after the step or batch under way."""
    _fire(run, actor, "pause", after=after, reason=reason or f"paused by {actor.name}")


def resume(run: Run, actor: Actor, user_id: int) -> drift.Drift | None:
    """Go on with a paused run, with the plan as the person has edited it meanwhile; returns what changed in it."""
    if run.status not in ("paused", "pausing"):
        raise PersonError(f"Run {run.pk} is {run.status.replace('_', ' ')}; it cannot take 'resume' now.")
    edits = drift.find(run)
    if edits is not None:
        drift.adopt(run, edits, actor, user_id)
    _fire(run, actor, "resume")
    return edits


def abort(run: Run, actor: Actor, reason: str = "") -> None:
    """Stop a run for good. What has landed stays; what is under way is saved and not landed."""
    _fire(run, actor, "abort", reason=reason)


def _fire(run: Run, actor: Actor, event: str, **args: Any) -> None:
    try:
        with change(run.pk, actor) as unit:
            fire(unit.board, RunRow, run.pk, event, **args)
    except IllegalTransition:
        status = run.__class__.objects.values_list("status", flat=True).get(pk=run.pk).replace("_", " ")
        raise PersonError(f"Run {run.pk} is {status}; it cannot take '{event}' now.") from None


def find_run(run_id: int) -> Run:
    """The run of this number. Raises PersonError."""
    found = Run.objects.select_related("project", "plan", "revision", "created_by").filter(pk=run_id).first()
    if found is None:
        raise PersonError(f"There is no run {run_id}. manage.py inbox and the runs page list what there is.")
    return found
