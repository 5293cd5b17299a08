from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_cache_table'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='wants_exam_reminders',
            field=models.BooleanField(default=True, verbose_name='reminders of an exam date'),
        ),
        migrations.AddField(
            model_name='user',
            name='wants_review_reminders',
            field=models.BooleanField(default=False, verbose_name='reminders of reviews due'),
        ),
    ]
