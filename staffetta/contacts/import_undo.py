"""Take a saved import back, in sets. Runs in a job; a run that died is done again from the start.

Who was put into the group is taken out of it; who was made and is in no other group is deleted; what was written over is put
back. Later work stays: whom somebody has changed since, and whom a later import has named too.
"""

import logging
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q

from staffetta.contacts import states
from staffetta.contacts.models import Import, ImportChange
from staffetta.lib import clock

_log = logging.getLogger(__name__)

_NAMED_SINCE = "EXISTS (SELECT 1 FROM contacts_importchange y WHERE y.parent_id = ANY(%({imports})s) AND y.contact_id = x.contact_id)"
# Imports of before noted nothing of whom they made.
_AS_MADE = "(x.after IS NULL OR jsonb_build_array(c.name, c.surname, c.fields, c.number) = x.after)"
_LEAVE = f"""
DELETE FROM contacts_membership m USING contacts_importchange x, contacts_contact c
WHERE x.parent_id = %(import)s AND x.joined AND m.group_id = %(group)s AND m.contact_id = x.contact_id AND c.id = x.contact_id
  AND (NOT x.made OR {_AS_MADE}) AND NOT {_NAMED_SINCE.format(imports="later_into_group")}
"""
_DELETE = f"""
DELETE FROM contacts_contact c USING contacts_importchange x
WHERE x.parent_id = %(import)s AND x.made AND c.id = x.contact_id AND c.account_id = %(account)s
  AND {_AS_MADE} AND NOT {_NAMED_SINCE.format(imports="later")}
  AND NOT EXISTS (SELECT 1 FROM contacts_membership m WHERE m.contact_id = c.id)
"""
_PUT_BACK = f"""
UPDATE contacts_contact c SET name = x.before->>0, surname = x.before->>1, fields = x.before->2 FROM contacts_importchange x
WHERE x.parent_id = %(import)s AND x.before IS NOT NULL AND c.id = x.contact_id AND c.account_id = %(account)s
  AND jsonb_build_array(c.name, c.surname, c.fields) = x.after AND NOT {_NAMED_SINCE.format(imports="later")}
"""


def undo(import_id: int) -> None:
    """Take back what a saved import did."""
    with transaction.atomic():
        record = states.begin_run(import_id, "undoing")
    if record is None:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            values = {"import": record.pk, "group": record.group_id, "account": record.account_id, **_later(record)}
            for statement in (_LEAVE, _DELETE, _PUT_BACK):
                cursor.execute(statement, values)
            ImportChange.objects.filter(parent=record).delete()
            states.keep(record, state="undone", progress=100, undone_at=clock.now())
    except states.TakenOver:
        _log.info("import %s: another run undoes it", import_id)


def _later(record: Import) -> dict[str, list[int]]:
    """Return the imports of the account that were saved, or begun to be saved, after this one; and those into its group."""
    others = Import.objects.filter(account=record.account_id, state__in=["saving", "saved", "undoing"]).exclude(pk=record.pk)
    later = list(others.filter(Q(saved_at=None) | Q(saved_at__gte=record.saved_at or clock.now())).values_list("pk", "group_id"))
    return {"later": [pk for pk, _group in later], "later_into_group": [pk for pk, group in later if group == record.group_id]}


def forget(saved_before: datetime) -> None:
    """Forget what imports saved before this moment could be undone by: it holds people's data."""
    ImportChange.objects.filter(parent__saved_at__lt=saved_before).delete()
