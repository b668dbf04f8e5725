"""Write again to those whom a send did not reach: their list, with the fields they had, for a new send on another route. Sends nothing."""

from django.db import connection, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from staffetta.contacts.models import FileList
from staffetta.messaging.errors import EverybodyReached
from staffetta.messaging.models import Batch, Repeat

# Not *uncertain*, who may have got it, and not *cancelled*, whom the customer took out.
FAILED = ("failed", "undelivered", "expired", "rejected", "lapsed")

_PEOPLE = """
INSERT INTO contacts_fileperson (list_id, place, number, name, surname, fields)
SELECT %(list)s, row_number() OVER (ORDER BY m.id), m.number, coalesce(f.name, ''), coalesce(f.surname, ''), coalesce(f.fields, '{}')
FROM messaging_message m LEFT JOIN contacts_fileperson f ON f.list_id = %(file)s AND f.number = m.number
WHERE m.id BETWEEN %(first)s AND %(last)s AND m.batch_id = %(batch)s AND m.state = ANY(%(states)s)
"""
_CONNECTORS = """
SELECT DISTINCT connector_id FROM messaging_message
WHERE id BETWEEN %(first)s AND %(last)s AND batch_id = %(batch)s AND state = ANY(%(states)s) AND connector_id IS NOT NULL
"""


@transaction.atomic
def again(batch: Batch) -> FileList:
    """Return those whom a send did not reach as a list for a new one, which takes another route where there is one. Raises EverybodyReached."""
    name = _("not reached by “%(text)s”") % {"text": Truncator(" ".join(batch.text.split())).chars(40)}
    fields = FileList.objects.filter(pk=batch.file_id).values_list("fields", flat=True).first() if batch.file_id else None
    people = FileList.objects.create(account_id=batch.account_id, name=name, fields=fields or [])
    values = {"list": people.pk, "file": batch.file_id, "batch": batch.pk, "states": list(FAILED)}
    values |= {"first": batch.first_id, "last": batch.last_id}
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        if not cursor.rowcount:
            raise EverybodyReached
        people.people = cursor.rowcount
        people.save()
        cursor.execute(_CONNECTORS, values)
        Repeat.objects.create(people=people, batch=batch, avoid=[row[0] for row in cursor.fetchall()])
    return people


def first_send(batch: Batch) -> Batch | None:
    """Return the send that this one repeats; None where it is the first."""
    repeat = Repeat.objects.select_related("batch").filter(people=batch.file_id).first() if batch.file_id else None
    return repeat.batch if repeat else None


def avoided(people_id: int | None) -> list[int]:
    """Return the connectors that a send to this list should avoid."""
    if people_id is None:
        return []
    return Repeat.objects.filter(people=people_id).values_list("avoid", flat=True).first() or []
