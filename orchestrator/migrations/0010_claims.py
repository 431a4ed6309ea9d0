from django.db import migrations, models


def last_rounds(apps, editor):
    """Until now a finding had the round in which it was first found, and no other."""
    apps.get_model("orchestrator", "Finding").objects.update(last_round=models.F("round"))


class Migration(migrations.Migration):
    dependencies = [("orchestrator", "0009_prepared")]

    operations = [
        migrations.AddField("dispatch", "claims", models.JSONField(default=list, blank=True)),
        migrations.AddField("finding", "last_round", models.IntegerField(default=1)),
        migrations.AddField("finding", "times", models.IntegerField(default=1)),
        migrations.AddField("finding", "closed_round", models.IntegerField(default=0)),
        migrations.AddField("finding", "dispute", models.TextField(default="", blank=True)),
        migrations.AddField("finding", "decision", models.IntegerField(default=0)),
        migrations.RunPython(last_rounds, migrations.RunPython.noop),
    ]
