"""What a person may do to a plan outside a run: have it read, and say which dialect it is written in."""

from __future__ import annotations

from orchestrator import chain
from orchestrator.actions.reading import PlanText, plan_files, read_plan, resolve_plan
from orchestrator.engine.transitions import Actor
from orchestrator.exceptions import PersonError
from plans.dialects import DIALECTS
from plans.models import Plan, Project


def read(project: Project, path: str, actor: Actor) -> Plan:
    """Read a file or folder as a plan and store what it holds. One that holds no step is known from then on, so that
    its page can say why. Raises PersonError for one that is not there."""
    path = resolve_plan(project, path)
    plan_files(project, path)
    plan, _ = Plan.objects.get_or_create(project=project, path=path)
    _store(plan, actor, "a reading")
    return plan


def choose_dialect(plan: Plan, dialect: str, actor: Actor) -> None:
    """Read a plan in this dialect from now on; "" lets its text decide again."""
    if dialect and dialect not in DIALECTS:
        raise PersonError(f"There is no dialect '{dialect}'. Known ones: {', '.join(DIALECTS)}.")
    if dialect == plan.chosen:
        return
    body = {"project": plan.project.name, "plan": plan.path, "before": plan.chosen, "now": dialect}
    plan.chosen = dialect
    plan.save(update_fields=["chosen"])
    chain.note("plan.dialect_chosen", actor.name, actor.via, **body)
    _store(plan, actor, f"the choice of {dialect}" if dialect else "the detected dialect")


def _store(plan: Plan, actor: Actor, made_by: str) -> None:
    text = _text(plan)
    if text is None:
        return
    before = plan.revisions.count()
    revision = text.store(plan.project, f"{made_by}, by {actor.name}"[:80])
    if plan.revisions.count() > before:
        chain.note("plan.read", actor.name, actor.via, project=plan.project.name, plan=plan.path, text=revision.sha256)


def _text(plan: Plan) -> PlanText | None:
    """None where the plan cannot be read, or holds no step; its page says which."""
    try:
        return read_plan(plan.project, plan.path)
    except PersonError:
        return None
