import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL), ("reports", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="SummaryMail",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to=settings.AUTH_USER_MODEL
                    ),
                ),
                ("every", models.CharField(max_length=4)),
                ("told_to", models.DateField(help_text="the first day that the last mail did not tell of")),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("every__in", ["day", "week"])), name="summary_every_known")]},
        ),
    ]
