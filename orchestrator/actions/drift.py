"""The plan as the person has edited it meanwhile, joined with what the run has proven: text is theirs, marks are ours.

Because our only change to a plan is its marks, the join is not a merge by line: the person's text is taken as it is
and the passed steps are marked in it anew, which no edit of theirs can conflict with.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from orchestrator import chain
from orchestrator.actions.compiling import compiled
from orchestrator.actions.reading import PlanText, read_plan
from orchestrator.engine.fire import allows, fire
from orchestrator.engine.ground import Ground
from orchestrator.engine.receipts import approved_by_act, tree_of
from orchestrator.engine.rows import StepRow
from orchestrator.engine.scope import in_scope
from orchestrator.engine.states import MET, SETTLED
from orchestrator.engine.transitions import Actor, change
from orchestrator.exceptions import PersonError
from orchestrator.models import Line, Receipt, Run, RunStep, RunStepDependency
from plans.changes import Difference, difference
from plans.exceptions import PlanError
from plans.folder import file_of
from plans.lint import lint
from plans.models import PlacedStep, Revision
from plans.reading import content_hash
from plans.writeback import mark_with_parents


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed in steps since the plan was last read. `commands` say which of the tool chain changed, `warnings`
    are dependencies that broke."""

    text: PlanText
    steps: Difference
    commands: tuple[str, ...]
    warnings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The difference as a page or a terminal shows it."""
        return asdict(self.steps) | {"commands": self.commands, "warnings": self.warnings}


def find(run: Run) -> Drift | None:
    """The drift of a run's plan, or None when its text is the one last read; looking stores nothing. Raises PersonError
    when the plan is gone."""
    clone = run.lines.values_list("clone", flat=True).first()
    text = read_plan(run.project, run.plan.path, Path(clone) if clone else None)
    # Compared without marks: a person who merged the run's branch has marks of ours in their text, and no edit.
    if text.meaning == run.revision.meaning:
        return None
    before = {step.key: step.leaf for step in run.revision.steps()}
    found = difference(before, {step.key: content_hash(step) for step in text.parsed.steps})
    broken = [p.message for p in lint(text.parsed) if p.code in ("unknown-dependency", "cycle")]
    return Drift(text, found, _commands(run, text), tuple(broken))


def _commands(run: Run, text: PlanText) -> tuple[str, ...]:
    """What the tool chain's commands are from now on, where they are others than were approved."""
    before, now = (
        {row["category"]: row["command"] for row in rows}
        for rows in (run.compiled["toolchain"], text.toolchain(Ground.of(run.project), run.start_oid))
    )
    set_anew = [f"{name} is now `{command}`" for name, command in now.items() if before.get(name) != command]
    return (*set_anew, *(f"{name} has no command any more" for name in before if name not in now))


def adopt(run: Run, drift: Drift, actor: Actor, user_id: int) -> None:
    """Let the run go on with the edited plan; whoever does this approves exactly what changed (B16)."""
    head, before = _commit(run, drift), tree_of(run).leaves
    with transaction.atomic():
        locked = chain.lock(run.pk)
        run.revision = drift.text.store(run.project, f"edits taken over by run {run.pk}")
        _recompile(run, drift)
        new = _rows(run, run.revision)
        _edges(run)
        if head:
            Line.objects.filter(run=run, name="main").update(head_oid=head)
        records = [chain.Record("run.plan_adopted", actor.name, actor.via, "", drift.as_dict())]
        records += [chain.Record("step.compiled", "engine", "engine", row.key, {"to": row.status}) for row in new]
        chain.append(locked, records)
        tree = approved_by_act(run, before)
        Receipt.objects.create(run=run, digest=tree.digest, leaves=tree.leaves, approved_by_id=user_id, via=actor.via)
        with change(run.pk, actor) as unit:
            planned = {step["key"] for step in run.compiled["plan"]["steps"]}
            for row in RunStep.objects.filter(run=run):
                event = "returned_to_plan" if row.key in planned else "removed_from_plan"
                wanted = row.key not in planned or (row.status == "removed" and row.key in drift.steps.added)
                if wanted and allows(unit.board, StepRow, row.pk, event):
                    fire(unit.board, StepRow, row.pk, event)


def _commit(run: Run, drift: Drift) -> str:
    """The person's text with the run's marks, as a commit on the line in their name; "" when nothing differs.

    In user-managed mode the edited text is in their clone already, which is the next base as it is."""
    if run.policy["git"] == "user":
        return ""
    ground = Ground.of(run.project)
    line = Line.objects.get(run=run, name="main")
    line.head_oid = ground.head(line)
    files, at = dict(drift.text.files), timezone.now()
    for row in RunStep.objects.filter(run=run, status="passed").select_related("step"):
        path = (row.step.content.get("path") if row.step else None) or run.plan.path
        file = file_of(path)
        if file in files:
            files[file] = _marked(files[file], row.key, path, at, drift.text.chosen)
    tree = ground.hub.with_files(ground.hub.tree_of(line.head_oid), files)
    if tree == ground.hub.tree_of(line.head_oid):
        return ""
    oid = ground.commit(tree, line.head_oid, f"docs: take over the edits to {run.plan.path}\n")
    if not ground.hub.compare_and_swap(line.ref, oid, line.head_oid):
        raise PlanError("The run's branch moved in the same moment. Try again.")
    Line.objects.filter(pk=line.pk).update(publish_state="behind")
    return oid


def _marked(text: bytes, key: str, path: str, at: datetime, dialect: str) -> bytes:
    try:
        return mark_with_parents(text, key, path, at, dialect)
    except PlanError:
        return text  # the person took the step out of the plan; what has landed stays landed


def _recompile(run: Run, drift: Drift) -> None:
    keys = [step.key for step in run.revision.steps()]
    run.compiled |= compiled(run, drift.text, Ground.of(run.project), run.scope if _fits(run.scope, keys) else "")
    run.save(update_fields=["revision", "compiled"])


def _fits(scope: str, keys: list[str]) -> bool:
    try:
        in_scope(scope, keys)
    except PersonError:
        return False
    return True


def _rows(run: Run, revision: Revision) -> list[RunStep]:
    """Re-point every row to the new text by key; make rows for new steps. A status is never reset."""
    planned = {step["key"]: step for step in run.compiled["plan"]["steps"]}
    existing = {row.key: row for row in RunStep.objects.filter(run=run)}
    line = Line.objects.get(run=run, name="main")
    last = max((row.position for row in existing.values()), default=0) + len(revision.layout) + 1
    for offset, row in enumerate(r for r in existing.values() if r.key not in planned):
        RunStep.objects.filter(pk=row.pk).update(position=last + offset)
    new = []
    for step in [step for step in revision.steps() if step.key in planned]:
        values = _columns(step, planned[step.key])
        if step.key in existing:
            started = existing[step.key].status in SETTLED - {"removed"}
            RunStep.objects.filter(pk=existing[step.key].pk).update(**({} if started else values), **_place(step))
        else:
            start = planned[step.key]["start"]
            row = RunStep(run=run, key=step.key, line=line, status=start, **values, **_place(step))
            new.append(row)
    RunStep.objects.bulk_create(new)
    added = sum(row.status == "waiting" for row in new)
    gaps = sum(row.status == "out_of_scope" for row in new)
    counters = Run.objects.values("unsettled", "gaps").get(pk=run.pk)
    Run.objects.filter(pk=run.pk).update(unsettled=counters["unsettled"] + added, gaps=counters["gaps"] + gaps)
    return new


def _columns(step: PlacedStep, planned: dict[str, Any]) -> dict[str, Any]:
    return {"stages": list(planned["stages"]), "items": planned["unproven"], "unproven": planned["unproven"]}


def _place(step: PlacedStep) -> dict[str, Any]:
    return {"step": step.step, "title": step.title, "group": step.group, "position": step.position}


def _edges(run: Run) -> None:
    """The dependencies as the plan now states them; an edge that a person waived stays waived."""
    rows = {row.key: row for row in RunStep.objects.filter(run=run)}
    waived = {
        (edge.step_id, edge.on_id): edge.reason for edge in RunStepDependency.objects.filter(run=run, waived=True)
    }
    RunStepDependency.objects.filter(run=run).delete()
    planned = run.compiled["plan"]["steps"]
    wanted = [(rows[step["key"]], rows[key]) for step in planned for key in step["depends_on"]]
    RunStepDependency.objects.bulk_create(
        RunStepDependency(
            run=run, step=step, on=on, waived=(step.pk, on.pk) in waived or on.status == "out_of_scope",
            reason=waived.get((step.pk, on.pk), ""),
        )
        for step, on in wanted
    )  # fmt: skip
    for row in rows.values():
        edges = RunStepDependency.objects.filter(step=row, waived=False).exclude(on__status__in=sorted(MET))
        RunStep.objects.filter(pk=row.pk).update(unmet=edges.count())
