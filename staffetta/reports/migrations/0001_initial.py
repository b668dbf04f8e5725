import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("accounts", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("subject", models.BigIntegerField(help_text="what it is about: a batch's or a group's id", null=True)),
                ("values", models.JSONField(default=dict, help_text="filters of the kind")),
                ("form", models.CharField(max_length=4)),
                ("language", models.CharField(max_length=2)),
                ("state", models.CharField(default="waiting", max_length=8)),
                ("run", models.PositiveIntegerField(default=0, help_text="of the job: an earlier one may write nothing more")),
                ("title", models.CharField(blank=True, max_length=200)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("expected", models.PositiveIntegerField(default=0)),
                ("file_name", models.CharField(blank=True, max_length=120)),
                ("file_bytes", models.PositiveBigIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("ready_at", models.DateTimeField(null=True)),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="accounts.account")),
                ("user", models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "indexes": [models.Index(fields=["account", "-id"], name="report_by_account")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("waiting", "writing", "ready", "failed"))), name="report_state_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "report",
                    models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to="reports.report"),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("report", "place"), name="report_piece_once")]},
        ),
    ]
