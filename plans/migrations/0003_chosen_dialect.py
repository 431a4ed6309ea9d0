"""A person may choose a plan's dialect; a revision says what read it."""

import django.db.models.deletion
from django.db import migrations, models


def newest_is_current(apps, schema_editor):
    Plan, Revision = apps.get_model("plans", "Plan"), apps.get_model("plans", "Revision")
    for plan in Plan.objects.all():
        plan.current_id = Revision.objects.filter(plan=plan).order_by("-id").values_list("id", flat=True).first()
        plan.save(update_fields=["current"])


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_shared_steps")]

    operations = [
        migrations.AddField("plan", "chosen", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField("revision", "chosen", models.CharField(blank=True, default="", max_length=40)),
        migrations.AddField("revision", "made_by", models.CharField(blank=True, default="", max_length=80)),
        migrations.AddField(
            "plan",
            "current",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="plans.revision"
            ),
        ),
        migrations.RunPython(newest_is_current, migrations.RunPython.noop),
    ]
