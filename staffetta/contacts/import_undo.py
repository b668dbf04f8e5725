"""Take a saved import back, in sets. Runs in a job; a run that died is done again from the start.

Who was put into the group is taken out of it; who was made and is in no other group is deleted; what was written over is put
back, unless somebody has changed it since.
"""

import logging
from datetime import datetime

from django.db import connection, transaction

from staffetta.contacts import states
from staffetta.contacts.models import ImportChange
from staffetta.lib import clock

_log = logging.getLogger(__name__)

_LEAVE = """
DELETE FROM contacts_membership m USING contacts_importchange x
WHERE x.parent_id = %(import)s AND x.joined AND m.group_id = %(group)s AND m.contact_id = x.contact_id
"""
_DELETE = """
DELETE FROM contacts_contact c USING contacts_importchange x
WHERE x.parent_id = %(import)s AND x.made AND c.id = x.contact_id AND c.account_id = %(account)s
  AND NOT EXISTS (SELECT 1 FROM contacts_membership m WHERE m.contact_id = c.id)
"""
_PUT_BACK = """
UPDATE contacts_contact c SET name = x.before->>0, surname = x.before->>1, fields = x.before->2 FROM contacts_importchange x
WHERE x.parent_id = %(import)s AND x.before IS NOT NULL AND c.id = x.contact_id AND c.account_id = %(account)s
  AND jsonb_build_array(c.name, c.surname, c.fields) = x.after
"""


def undo(import_id: int) -> None:
    """Take back what a saved import did."""
    with transaction.atomic():
        record = states.begin_run(import_id, "undoing")
    if record is None:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            values = {"import": record.pk, "group": record.group_id, "account": record.account_id}
            for statement in (_LEAVE, _DELETE, _PUT_BACK):
                cursor.execute(statement, values)
            ImportChange.objects.filter(parent=record).delete()
            states.keep(record, state="undone", progress=100, undone_at=clock.now())
    except states.TakenOver:
        _log.info("import %s: another run undoes it", import_id)


def forget(saved_before: datetime) -> None:
    """Forget what imports saved before this moment could be undone by: it holds people's data."""
    ImportChange.objects.filter(parent__saved_at__lt=saved_before).delete()
