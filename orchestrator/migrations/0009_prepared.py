import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orchestrator", "0008_evidence"),
    ]

    operations = [
        migrations.CreateModel(
            name="Setup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("oid", models.CharField(max_length=64)),
                ("commands", models.JSONField(default=list)),
                ("configuration", models.CharField(default="", max_length=64)),
                ("holder", models.JSONField(default=dict)),
                ("outcome", models.CharField(blank=True, default="", max_length=8)),
                ("reason", models.TextField(blank=True, default="")),
                ("log", models.TextField(blank=True, default="")),
                ("asked", models.JSONField(blank=True, default=dict)),
                ("places", models.JSONField(blank=True, default=list)),
                ("began_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="dispatch",
            name="contains",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="workspace",
            name="port",
            field=models.IntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="workspace",
            name="prepared",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddConstraint(
            model_name="workspace",
            constraint=models.UniqueConstraint(fields=("host", "port"), name="ports_once_per_host"),
        ),
        migrations.AddField(
            model_name="setup",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="setups", to="orchestrator.run"
            ),
        ),
        migrations.AddField(
            model_name="setup",
            name="step",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="setups", to="orchestrator.runstep"
            ),
        ),
    ]
