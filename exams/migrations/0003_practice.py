import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0002_index_of_guests'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('issued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='issued at')),
                ('redeemed_at', models.DateTimeField(blank=True, null=True, verbose_name='redeemed at')),
            ],
            options={
                'verbose_name': 'access code',
                'verbose_name_plural': 'access codes',
                'ordering': ('-issued_at', '-pk'),
            },
        ),
        migrations.AddField(
            model_name='exam',
            name='is_restricted',
            field=models.BooleanField(default=False, verbose_name='opened by an access code only'),
        ),
        migrations.AddField(
            model_name='exam',
            name='mode',
            field=models.CharField(choices=[('exam', 'exam'), ('practice', 'practice')], default='exam', max_length=10, verbose_name='mode'),
        ),
        migrations.AddField(
            model_name='exam',
            name='release_at',
            field=models.DateTimeField(blank=True, help_text='For results shown later. Empty: staff release them.', null=True, verbose_name='results released at'),
        ),
        migrations.AddField(
            model_name='exam',
            name='results_mode',
            field=models.CharField(choices=[('now', 'at once'), ('survey', 'after a short survey'), ('later', 'later, at a set time or by staff')], default='now', max_length=10, verbose_name='results are shown'),
        ),
        migrations.AddField(
            model_name='exam',
            name='reward',
            field=models.ForeignKey(blank=True, help_text='Who passes gets a single-use access code of that exam.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exams.exam', verbose_name='a pass opens'),
        ),
        migrations.AddField(
            model_name='examform',
            name='candidate',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='own_forms', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='response',
            name='checked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='rationale shown at'),
        ),
        migrations.AddField(
            model_name='response',
            name='first_selected',
            field=models.CharField(blank=True, default='', max_length=8, verbose_name='first response'),
        ),
        migrations.AddField(
            model_name='response',
            name='is_guessed',
            field=models.BooleanField(default=False, verbose_name='guessed'),
        ),
        migrations.AddField(
            model_name='response',
            name='seconds',
            field=models.PositiveIntegerField(default=0, verbose_name='seconds on the question'),
        ),
        migrations.AddField(
            model_name='response',
            name='was_seen',
            field=models.BooleanField(default=False, verbose_name='seen before'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='seconds_left',
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name='seconds left when paused'),
        ),
        migrations.AddField(
            model_name='sitting',
            name='shows_rationale',
            field=models.BooleanField(default=False, verbose_name='rationale after each question'),
        ),
        migrations.AlterField(
            model_name='examform',
            name='number',
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='number'),
        ),
        migrations.AddConstraint(
            model_name='examform',
            constraint=models.CheckConstraint(condition=models.Q(('number', None), ('candidate', None), _connector='XOR'), name='exams_form_numbered_or_own'),
        ),
        migrations.AddConstraint(
            model_name='sitting',
            constraint=models.CheckConstraint(condition=models.Q(('seconds_left', None), ('deadline', None), _connector='OR'), name='exams_sitting_paused_clock'),
        ),
        migrations.AddField(
            model_name='accesscode',
            name='exam',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_codes', to='exams.exam'),
        ),
        migrations.AddField(
            model_name='accesscode',
            name='issued_to',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='access_codes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='accesscode',
            name='redeemed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='redeemed_codes', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='accesscode',
            constraint=models.UniqueConstraint(fields=('exam', 'issued_to'), name='exams_accesscode_one_a_candidate'),
        ),
        migrations.AddConstraint(
            model_name='accesscode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('redeemed_at', None), ('redeemed_by', None)), models.Q(('redeemed_at__isnull', False), ('redeemed_by__isnull', False)), _connector='OR'), name='exams_accesscode_redeemed_whole'),
        ),
    ]
