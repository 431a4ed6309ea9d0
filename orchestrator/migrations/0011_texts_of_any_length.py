from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orchestrator', '0010_claims'),
    ]

    operations = [
        migrations.AlterField(
            model_name='run',
            name='base_branch',
            field=models.TextField(),
        ),
        migrations.AlterField(
            model_name='run',
            name='branch',
            field=models.TextField(),
        ),
        migrations.AlterField(
            model_name='run',
            name='pause_reason',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AlterField(
            model_name='run',
            name='scope',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AlterField(
            model_name='runstepdependency',
            name='reason',
            field=models.TextField(blank=True, default=''),
        ),
    ]
