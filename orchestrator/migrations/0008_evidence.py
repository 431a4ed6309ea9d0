import django.db.models.deletion
from django.db import migrations, models


def freeze(apps, schema_editor):
    """Runs that were compiled before project checks were frozen into them have none, as they ran without."""
    Run = apps.get_model("orchestrator", "Run")
    for run in Run.objects.iterator():
        if run.compiled and "checks" not in run.compiled:
            run.compiled["checks"] = []
            run.save(update_fields=["compiled"])


class Migration(migrations.Migration):
    dependencies = [
        ("orchestrator", "0007_sandbox_in_force"),
    ]

    operations = [
        migrations.RunPython(freeze, migrations.RunPython.noop, elidable=True),
        migrations.CreateModel(
            name="Artifact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("path", models.CharField(max_length=1000)),
                ("kind", models.CharField(max_length=8)),
                ("bytes", models.IntegerField()),
                ("sha256", models.CharField(max_length=64)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="candidate",
            name="notes",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="checkrun",
            name="changed_lines",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="checkrun",
            name="compared",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="checkrun",
            name="data",
            field=models.BinaryField(blank=True, default=b""),
        ),
        migrations.AddField(
            model_name="checkrun",
            name="expect",
            field=models.CharField(default="exit_zero", max_length=40),
        ),
        migrations.AddField(
            model_name="checkrun",
            name="rerun_of",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reruns",
                to="orchestrator.checkrun",
            ),
        ),
        migrations.AddField(
            model_name="checkrun",
            name="reused_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="reuses",
                to="orchestrator.checkrun",
            ),
        ),
        migrations.AddField(
            model_name="checkrun",
            name="tree",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AlterField(
            model_name="checkrun",
            name="verdict",
            field=models.CharField(max_length=16),
        ),
        migrations.AddIndex(
            model_name="checkrun",
            index=models.Index(fields=["tree"], name="check_by_tree"),
        ),
        migrations.AddField(
            model_name="artifact",
            name="check_run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="artifacts", to="orchestrator.checkrun"
            ),
        ),
    ]
