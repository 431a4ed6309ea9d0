from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('plans', '0003_chosen_dialect'),
    ]

    operations = [
        migrations.AlterField(
            model_name='project',
            name='author_email',
            field=models.TextField(),
        ),
        migrations.AlterField(
            model_name='project',
            name='author_name',
            field=models.TextField(),
        ),
        migrations.AlterField(
            model_name='project',
            name='branch',
            field=models.TextField(),
        ),
    ]
