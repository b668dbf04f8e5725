"""Indexes that the archive and the home page walk along, and the counted deliveries of large sends."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0002_line_tables")]
    operations = [
        migrations.RemoveIndex(model_name="batch", name="batch_by_account"),
        migrations.AddIndex("batch", models.Index(fields=["account", "-send_at", "-id"], name="batch_by_account_and_time")),
        migrations.AddIndex(
            "batch",
            models.Index(fields=["account", "-id"], name="batch_open_by_account", condition=models.Q(("state", "settled"), _negated=True)),
        ),
        migrations.CreateModel(
            name="Curve",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="messaging.batch"
                    ),
                ),
                ("counted_at", models.DateTimeField()),
                ("delivered", models.IntegerField()),
                ("bars", models.JSONField()),
            ],
        ),
    ]
