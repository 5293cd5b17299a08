from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("questions", "0005_saves_of_drafts")]

    operations = [
        migrations.AddField("import", "warnings", models.JSONField(default=list)),
        migrations.AddField("import", "try_count", models.PositiveSmallIntegerField(default=0)),
    ]
