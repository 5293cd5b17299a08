from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exams", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="sitting",
            index=models.Index(
                condition=models.Q(("guest_key__isnull", False)),
                fields=["guest_key"],
                name="exams_sitting_of_guest",
            ),
        ),
    ]
