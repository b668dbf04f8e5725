import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_imports_undone"), ("messaging", "0004_drafts_of_any_audience")]
    operations = [
        migrations.CreateModel(
            name="Repeat",
            fields=[
                (
                    "people",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="contacts.filelist"
                    ),
                ),
                ("avoid", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), default=list, size=None)),
                (
                    "batch",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="repeats", to="messaging.batch"),
                ),
            ],
        ),
    ]
