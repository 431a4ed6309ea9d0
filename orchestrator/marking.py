"""What a run writes into its plan, in words, for whoever approves it."""

from __future__ import annotations

from orchestrator.models import Run


def marks_of(run: Run) -> str:
    """What the plan's file gets when a step passes, in words; steps without a place for a mark are named."""
    chosen = {step["key"] for step in run.compiled["plan"]["steps"] if step["start"] == "waiting"}
    steps = [step for step in run.revision.steps() if step.key in chosen]
    without = [step.key for step in steps if not run.plan.has_place_for_mark(step.step.content)]
    if len(without) == len(steps):
        why = f"this {run.plan.dialect} plan has no place for them"
        return f"none, its file stays as it is: {why}. The report says what passed."
    written = f"{run.plan.mark}, in the commit of the step that passed ({run.plan.dialect})"
    return f"{written}; no place for it in {', '.join(without)}." if without else f"{written}."
