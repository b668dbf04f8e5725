import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_confirmation_and_attempts"), ("messaging", "0006_approvals")]
    operations = [
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target", models.CharField(max_length=2_000)),
                ("begins", models.CharField(max_length=220)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("account", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="accounts.account")),
            ],
        ),
        migrations.CreateModel(
            name="Click",
            fields=[
                ("message_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_at", models.DateTimeField(null=True)),
                ("last_at", models.DateTimeField(null=True)),
                ("clicks", models.IntegerField(default=0)),
                ("robots", models.IntegerField(default=0)),
                ("device", models.CharField(blank=True, max_length=8)),
                ("batch", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="messaging.batch")),
            ],
            options={"indexes": [models.Index(condition=Q(first_at__isnull=False), fields=["batch", "device"], name="click_by_batch")]},
        ),
        migrations.AddField(
            "draft", "link", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="messaging.link")
        ),
        migrations.AddField(
            "batch", "link", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="messaging.link")
        ),
    ]
