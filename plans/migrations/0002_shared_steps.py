"""Steps belong to a plan and are shared by its revisions; a revision says which stand where."""

import hashlib
import json

import django.db.models.deletion
from django.db import migrations, models

LINES = frozenset({"line", "start", "end"})


def moved(value, by):
    if isinstance(value, dict):
        return {k: v + by if k in LINES and type(v) is int else moved(v, by) for k, v in value.items()}
    return [moved(part, by) for part in value] if isinstance(value, list) else value


def lay_out(apps, schema_editor):
    Revision, Step = apps.get_model("plans", "Revision"), apps.get_model("plans", "Step")
    for revision in Revision.objects.all():
        layout = []
        for step in Step.objects.filter(revision=revision).order_by("position"):
            content = moved(step.content, -step.line)
            text = json.dumps(content, sort_keys=True, ensure_ascii=False)
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
            Step.objects.filter(pk=step.pk).update(plan=revision.plan_id, content=content, digest=digest)
            layout.append([step.pk, step.line])
        Revision.objects.filter(pk=revision.pk).update(layout=layout)


def take_apart(apps, schema_editor):
    """Back to a step per revision: the newest gets the shared step, the others a copy of it."""
    Revision, Step = apps.get_model("plans", "Revision"), apps.get_model("plans", "Step")
    shared = Step.objects.in_bulk()
    taken = set()
    for revision in Revision.objects.order_by("-id"):
        for position, (pk, line) in enumerate(revision.layout):
            step = shared[pk]
            Step(
                pk=None if pk in taken else pk, revision_id=revision.pk, plan_id=step.plan_id, key=step.key,
                title=step.title, group=step.group, leaf=step.leaf, digest=step.digest, position=position, line=line,
                content=moved(step.content, line), done=bool(step.content["done"]),
            ).save()  # fmt: skip
            taken.add(pk)


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_first")]

    operations = [
        migrations.AddField("revision", "layout", models.JSONField(default=list)),
        migrations.AddField("step", "digest", models.CharField(default="", max_length=64)),
        migrations.AddField(
            "step",
            "plan",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="plans.plan"
            ),
        ),
        migrations.RemoveConstraint("step", "step_key_once_per_revision"),
        migrations.AlterField(
            "step",
            "revision",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="plans.revision"
            ),
        ),
        migrations.AlterField("step", "position", models.IntegerField(default=0)),
        migrations.AlterField("step", "line", models.IntegerField(default=1)),
        migrations.RunPython(lay_out, take_apart),
        migrations.AlterModelOptions("step", {}),
        migrations.RemoveField("step", "revision"),
        migrations.RemoveField("step", "position"),
        migrations.RemoveField("step", "line"),
        migrations.RemoveField("step", "done"),
        migrations.DeleteModel("StepDependency"),
        migrations.AlterField(
            "step",
            "plan",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="plans.plan"),
        ),
        migrations.AlterField("step", "digest", models.CharField(max_length=64)),
        migrations.AddIndex("step", models.Index(fields=["plan", "key"], name="step_by_key")),
    ]
