import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exams', '0003_practice'),
        ('questions', '0007_guide'),
        ('scoring', '0002_result_revisions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('result', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='certificate', serialize=False, to='scoring.result')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=100, verbose_name='name on it')),
                ('issued_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='issued at')),
                ('expires_on', models.DateField(verbose_name='valid until')),
            ],
            options={
                'verbose_name': 'certificate',
                'verbose_name_plural': 'certificates',
            },
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('sitting', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='survey', serialize=False, to='exams.sitting')),
                ('difficulty', models.PositiveSmallIntegerField(help_text='1 very easy to 5 very hard.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='difficulty')),
                ('time', models.CharField(choices=[('short', 'too short'), ('right', 'about right'), ('long', 'more than enough')], max_length=10, verbose_name='time')),
                ('remark', models.TextField(blank=True, max_length=2000, verbose_name='remark')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='at')),
            ],
            options={
                'verbose_name': 'survey',
                'verbose_name_plural': 'surveys',
            },
        ),
        migrations.AddField(
            model_name='result',
            name='release_at',
            field=models.DateTimeField(blank=True, help_text='Empty: not yet.', null=True, verbose_name='released at'),
        ),
        # Every result so far was seen at once.
        migrations.RunSQL(
            "UPDATE scoring_result SET release_at = scored_at", migrations.RunSQL.noop
        ),
        migrations.CreateModel(
            name='ReviewCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('missed', 'missed'), ('guessed', 'guessed'), ('flagged', 'flagged')], max_length=10, verbose_name='why it comes back')),
                ('cause', models.CharField(blank=True, choices=[('unknown', 'did not know'), ('misread', 'misread the question'), ('between', 'was between two'), ('time', 'ran out of time')], default='', max_length=10, verbose_name='cause of the miss')),
                ('stability', models.FloatField(verbose_name='stability in days')),
                ('difficulty', models.FloatField(verbose_name='difficulty')),
                ('state', models.PositiveSmallIntegerField(default=1)),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('reviewed_at', models.DateTimeField(blank=True, null=True, verbose_name='last reviewed at')),
                ('review_count', models.PositiveIntegerField(default=0, verbose_name='reviews')),
                ('lapse_count', models.PositiveIntegerField(default=0, verbose_name='times missed again')),
                ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='put aside at')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='created at')),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_cards', to=settings.AUTH_USER_MODEL)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='review_cards', to='questions.question')),
                ('response', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='exams.response')),
                ('version', models.ForeignKey(help_text='The version last shown.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='questions.questionversion')),
            ],
            options={
                'verbose_name': 'review card',
                'verbose_name_plural': 'review cards',
                'ordering': ('due_at', 'pk'),
            },
        ),
        migrations.CreateModel(
            name='ReviewEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('option_order', models.CharField(max_length=8)),
                ('selected', models.CharField(blank=True, default='', max_length=8, verbose_name='response')),
                ('is_right', models.BooleanField(null=True, verbose_name='right')),
                ('rating', models.PositiveSmallIntegerField(null=True, verbose_name='rating')),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked at')),
                ('responded_at', models.DateTimeField(blank=True, null=True, verbose_name='responded at')),
                ('seconds', models.PositiveIntegerField(default=0, verbose_name='seconds')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='scoring.reviewcard')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='questions.questionversion')),
            ],
            options={
                'verbose_name': 'review entry',
                'verbose_name_plural': 'review entries',
                'ordering': ('-asked_at', '-pk'),
            },
        ),
        migrations.CreateModel(
            name='StudyPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('exam_on', models.DateField(blank=True, null=True, verbose_name='date of the real exam')),
                ('weekly_minutes', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='weekly goal in minutes')),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='study_plans', to=settings.AUTH_USER_MODEL)),
                ('certification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='questions.certification')),
            ],
            options={
                'verbose_name': 'study plan',
                'verbose_name_plural': 'study plans',
            },
        ),
        migrations.CreateModel(
            name='Forecast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('probability', models.FloatField(verbose_name='probability of passing')),
                ('state', models.CharField(max_length=10, verbose_name='state')),
                ('evidence_count', models.PositiveIntegerField(verbose_name='first responses it rests on')),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forecasts', to=settings.AUTH_USER_MODEL)),
                ('certification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='questions.certification')),
            ],
            options={
                'verbose_name': 'forecast',
                'verbose_name_plural': 'forecasts',
                'ordering': ('-day', '-pk'),
                'constraints': [models.UniqueConstraint(fields=('candidate', 'certification', 'day'), name='scoring_forecast_one_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email_due_at', models.DateTimeField(blank=True, null=True, verbose_name='e-mail due at')),
                ('email_claimed_until', models.DateTimeField(blank=True, null=True)),
                ('email_try_count', models.PositiveSmallIntegerField(default=0, verbose_name='e-mail tries')),
                ('email_resend_count', models.PositiveSmallIntegerField(default=0, verbose_name='e-mails sent again')),
                ('email_data_at', models.DateTimeField(blank=True, null=True, verbose_name='handing over began at')),
                ('email_failed_at', models.DateTimeField(blank=True, null=True, verbose_name='e-mail given up at')),
                ('emailed_at', models.DateTimeField(blank=True, null=True, verbose_name='e-mailed at')),
                ('kind', models.CharField(choices=[('review', 'reviews are due'), ('exam', 'the exam is near')], max_length=10, verbose_name='kind')),
                ('day', models.DateField(verbose_name='day')),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to=settings.AUTH_USER_MODEL)),
                ('certification', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='questions.certification')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'ordering': ('-day', '-pk'),
                'indexes': [models.Index(condition=models.Q(('email_failed_at', None), ('emailed_at', None)), fields=['email_due_at'], name='scoring_reminder_email_owed')],
                'constraints': [models.UniqueConstraint(fields=('candidate', 'kind', 'certification', 'day'), name='scoring_reminder_one_a_day', nulls_distinct=False)],
            },
        ),
        migrations.AddIndex(
            model_name='reviewcard',
            index=models.Index(condition=models.Q(('suspended_at', None)), fields=['candidate', 'due_at'], name='scoring_card_falls_due'),
        ),
        migrations.AddConstraint(
            model_name='reviewcard',
            constraint=models.UniqueConstraint(fields=('candidate', 'question'), name='scoring_card_question_unique'),
        ),
        migrations.AddConstraint(
            model_name='reviewentry',
            constraint=models.UniqueConstraint(condition=models.Q(('responded_at', None)), fields=('card',), name='scoring_entry_one_open'),
        ),
        migrations.AddConstraint(
            model_name='studyplan',
            constraint=models.UniqueConstraint(fields=('candidate', 'certification'), name='scoring_plan_certification_unique'),
        ),
    ]
