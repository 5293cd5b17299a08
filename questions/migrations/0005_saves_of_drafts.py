import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('questions', '0004_two_people'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='questionversion',
            name='questions_version_key_letters',
        ),
        migrations.AddField(
            model_name='questionversion',
            name='saved_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='saved at'),
        ),
        migrations.AddField(
            model_name='questionversion',
            name='saved_by',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='saved by'),
        ),
        migrations.AlterField(
            model_name='trailentry',
            name='act',
            field=models.CharField(choices=[('created', 'created'), ('edited', 'edited'), ('asked', 'sent to review'), ('returned', 'sent back'), ('published', 'published'), ('discarded', 'draft discarded'), ('retired', 'retired'), ('restored', 'restored'), ('tagged', 'retagged'), ('verified', 'verified'), ('imported', 'imported'), ('rekeyed', 'key corrected'), ('withdrawn', 'withdrawn')], max_length=10, verbose_name='step'),
        ),
        migrations.AddConstraint(
            model_name='questionversion',
            constraint=models.CheckConstraint(condition=models.Q(('key__regex', '^[A-H]+$'), models.Q(('key__regex', '^[A-H-]*$'), ('published_at', None)), _connector='OR'), name='questions_version_key_letters'),
        ),
    ]
