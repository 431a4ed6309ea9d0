from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orchestrator", "0008_evidence")]

    operations = [
        migrations.AddField("dispatch", "claims", models.JSONField(default=list, blank=True)),
    ]
