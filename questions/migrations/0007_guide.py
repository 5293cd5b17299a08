import django.core.validators
import django.db.models.deletion
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('questions', '0006_import_tries'),
    ]

    operations = [
        migrations.AddField(
            model_name='certification',
            name='audience',
            field=models.TextField(blank=True, verbose_name='who it is for'),
        ),
        migrations.AddField(
            model_name='certification',
            name='guide_url',
            field=models.URLField(blank=True, verbose_name='official exam guide'),
        ),
        migrations.AddField(
            model_name='certification',
            name='price_usd',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='price in US dollars'),
        ),
        migrations.AddField(
            model_name='certification',
            name='retake_rule',
            field=models.TextField(blank=True, verbose_name='retake rule'),
        ),
        migrations.AddField(
            model_name='certification',
            name='shift',
            field=models.DecimalField(choices=[(Decimal('0.00'), 'as hard as the real exam'), (Decimal('0.29'), 'a bit easier than the real exam'), (Decimal('0.63'), 'much easier than the real exam')], decimal_places=2, default=Decimal('0.00'), help_text="In logits; readiness takes it off the candidate's level.", max_digits=3, verbose_name='how much harder the real questions are'),
        ),
        migrations.AddField(
            model_name='certification',
            name='summary',
            field=models.TextField(blank=True, verbose_name='what it certifies'),
        ),
        migrations.AddField(
            model_name='certification',
            name='valid_years',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='valid for years'),
        ),
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='place')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('url', models.URLField(blank=True, verbose_name='address')),
                ('cost', models.CharField(help_text='As in: free, or 40 USD.', max_length=60, verbose_name='cost')),
                ('minutes', models.PositiveIntegerField(blank=True, help_text='Empty: your own time.', null=True, verbose_name='minutes it takes')),
                ('usefulness', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(10)], verbose_name='usefulness of 10')),
                ('is_optional', models.BooleanField(default=False, verbose_name='optional')),
                ('certification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='resources', to='questions.certification')),
            ],
            options={
                'verbose_name': 'study resource',
                'verbose_name_plural': 'study resources',
                'ordering': ('certification_id', 'position', 'pk'),
            },
        ),
    ]
