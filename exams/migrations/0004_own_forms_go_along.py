import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0003_practice'),
    ]

    operations = [
        migrations.AlterField(
            model_name='response',
            name='form_question',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='responses', to='exams.formquestion'),
        ),
        migrations.AlterField(
            model_name='sitting',
            name='form',
            field=models.ForeignKey(on_delete=django.db.models.deletion.RESTRICT, related_name='sittings', to='exams.examform'),
        ),
    ]
