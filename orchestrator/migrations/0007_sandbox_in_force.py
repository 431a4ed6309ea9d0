"""What held the commands of each dispatch and candidate; older ones do not know."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orchestrator", "0006_guard_findings")]

    operations = [
        migrations.AddField("dispatch", "sandbox", models.JSONField(blank=True, default=dict)),
        migrations.AddField("candidate", "sandbox", models.JSONField(blank=True, default=dict)),
    ]
