import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('questions', '0008_index_the_bank'),
    ]

    operations = [
        migrations.AddField(
            model_name='certification',
            name='advice',
            field=models.TextField(blank=True, help_text='A paragraph each, with a blank line between.', verbose_name='rules of thumb'),
        ),
        migrations.AddField(
            model_name='certification',
            name='kinds',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('single', 'single choice'), ('multiple', 'multiple response'), ('ordering', 'ordering'), ('matching', 'matching'), ('case', 'case study')], max_length=10), blank=True, default=list, help_text='Those of the real exam, separated by commas.', size=None, verbose_name='kinds of question'),
        ),
    ]
