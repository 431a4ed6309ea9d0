from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orchestrator", "0005_frozen_agents")]

    operations = [
        migrations.AddField("finding", "guard", models.CharField(max_length=20, default="", blank=True)),
    ]
