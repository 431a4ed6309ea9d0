"""Runs that were compiled before agents were frozen into them get the built-in ones, as they had."""

from django.db import migrations

from agents.registry import builtin, model_id


def freeze(apps, schema_editor):
    Run = apps.get_model("orchestrator", "Run")
    for run in Run.objects.iterator():
        if not run.compiled or "agents" in run.compiled:
            continue
        roles = sorted(role for role, runner in run.policy.get("runners", {}).items() if runner != "person")
        run.compiled["agents"] = {role: _agent(builtin()[role], run.policy) for role in roles}
        run.compiled |= {"guidelines": {}, "configuration": ""}
        for step in run.compiled["plan"]["steps"]:
            step |= {"builder": "builder", "because": ""}
        for problem in run.compiled["problems"]:
            problem |= {"path": run.plan.path, "step": ""}
        run.save(update_fields=["compiled"])


def _agent(found, policy):
    return {
        "role": found.role, "model": model_id(policy.get("models", {}).get(found.name, "")) or found.model,
        "tools": list(found.tools), "system": found.system, "origin": found.origin, "guidelines": [],
    }  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("orchestrator", "0004_open_rows"), ("plans", "0002_shared_steps")]

    operations = [migrations.RunPython(freeze, migrations.RunPython.noop)]
