"""The price list that a new service starts with; staff change it afterwards."""

from django.db import migrations

TYPES = [
    ("INFORMATIVO", 106, "INFO", 1, False, 10_000),
    ("PRO", 59, "", 4, False, 15_000),
    ("PRO con notifica", 84, "", 4, True, 16_000),
]


def seed(apps, schema_editor):
    for name, api_id, fixed_sender, parts_max, receipts, cost_e4 in TYPES:
        sms_type = apps.get_model("billing", "SmsType").objects.create(
            name=name, api_id=api_id, fixed_sender=fixed_sender, parts_max=parts_max, receipts=receipts
        )
        apps.get_model("billing", "TypePrice").objects.create(type=sms_type, prefix="+39", cost_e4=cost_e4)


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_guards")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
