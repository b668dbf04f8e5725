"""An entry's account is vouched for by the wallet that its writer has locked, and that is never deleted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_mail_tokens'),
        ('billing', '0014_charge_in_one_walk'),
    ]

    operations = [
        migrations.AlterField(
            model_name='entry',
            name='account',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='accounts.account', verbose_name='customer'),
        ),
    ]
