"""Planned sends are found by when they were accepted too (`listing.py`); those that leave at once are in no more indexes than before."""

from django.db import migrations

_INDEX = """
CREATE INDEX batch_planned ON messaging_batch (account_id, created_at DESC, id DESC) WHERE send_at - created_at > interval '1 second'
"""


class Migration(migrations.Migration):
    dependencies = [("messaging", "0012_peoples_sends_are_found")]
    operations = [migrations.RunSQL(_INDEX, "DROP INDEX batch_planned")]
