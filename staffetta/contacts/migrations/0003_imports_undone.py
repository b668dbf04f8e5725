import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contacts", "0002_people_of_a_file")]
    operations = [
        migrations.AddField("import", "keep_known", models.BooleanField(default=False, help_text="contacts that are there already stay as they are")),
        migrations.AddField(
            "import", "sheet", models.CharField(blank=True, default="", max_length=120, help_text="of the workbook; blank: the first that has rows"), preserve_default=False
        ),
        migrations.AddField("import", "undone_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("import", "import_state_known"),
        migrations.AddConstraint(
            "import",
            models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "reading", "ready", "saving", "saved", "undoing", "undone", "refused", "dropped"])
                ),
                name="import_state_known",
            ),
        ),
        migrations.CreateModel(
            name="ImportChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contact_id", models.BigIntegerField()),
                ("made", models.BooleanField(default=False)),
                ("joined", models.BooleanField(default=False)),
                ("before", models.JSONField(help_text="name, surname, fields", null=True)),
                ("after", models.JSONField(help_text="the same, as the import left them", null=True)),
                ("parent", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="contacts.import")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("parent", "contact_id"), name="import_change_once")]},
        ),
    ]
