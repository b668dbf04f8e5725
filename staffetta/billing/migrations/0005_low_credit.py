import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("billing", "0004_parts_fit_their_bits")]
    operations = [
        migrations.CreateModel(
            name="LowCredit",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to="accounts.account"
                    ),
                ),
                ("threshold_e4", models.BigIntegerField()),
                ("told_at", models.DateTimeField(null=True)),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("threshold_e4__gt", 0)), name="threshold_is_credit")]},
        ),
    ]
