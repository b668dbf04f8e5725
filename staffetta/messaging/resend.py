"""Write again to those whom a send did not reach: their list, with the fields they had, for a new send on another route. Sends nothing."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from staffetta.contacts.models import FileList
from staffetta.messaging.errors import EverybodyReached, TooManyToRepeat
from staffetta.messaging.merge import LINK, names
from staffetta.messaging.models import Batch, Repeat, Tally

# Not *uncertain*, who may have got it, and not *cancelled*, whom the customer took out.
FAILED = ("failed", "undelivered", "expired", "rejected", "lapsed")
# They are copied while the person waits: a quarter of a second.
PEOPLE_MAX = 50_000
_KNOWN_WITHOUT_FILE = {LINK, "cellulare", "mobile"}

_PEOPLE = """
INSERT INTO contacts_fileperson (list_id, place, number, name, surname, fields)
SELECT %(list)s, row_number() OVER (ORDER BY m.id), m.number, coalesce(f.name, ''), coalesce(f.surname, ''), coalesce(f.fields, '{}')
FROM messaging_message m LEFT JOIN contacts_fileperson f ON f.list_id = %(file)s AND f.number = m.number
WHERE m.id BETWEEN %(first)s AND %(last)s AND m.batch_id = %(batch)s AND m.state = ANY(%(states)s)
"""
_OTHERS = """
SELECT 1 FROM messaging_message m
WHERE m.id BETWEEN %(first)s AND %(last)s AND m.batch_id = %(batch)s AND m.state = ANY(%(states)s)
  AND NOT EXISTS (SELECT 1 FROM contacts_fileperson f WHERE f.list_id = %(list)s AND f.number = m.number) LIMIT 1
"""
_CONNECTORS = """
SELECT DISTINCT connector_id FROM messaging_message
WHERE id BETWEEN %(first)s AND %(last)s AND batch_id = %(batch)s AND state = ANY(%(states)s) AND connector_id IS NOT NULL
"""


@transaction.atomic
def again(batch: Batch) -> FileList:
    """Return those whom a send did not reach as a list for a new one, which takes another route where there is one.

    Once more returns the same list while no send has used it. Raises EverybodyReached, TooManyToRepeat.
    """
    Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)  # two clicks at once
    tally = Tally.objects.get(batch=batch)
    expected = sum(getattr(tally, state) for state in FAILED)
    if expected > PEOPLE_MAX:
        raise TooManyToRepeat(people=expected, limit=PEOPLE_MAX)
    if found := _unused(batch, expected):
        return found
    name = _("not reached by “%(text)s”") % {"text": Truncator(" ".join(batch.text.split())).chars(40)}
    fields = FileList.objects.filter(pk=batch.file_id, dropped_at=None).values_list("fields", flat=True).first() if batch.file_id else None
    people = FileList.objects.create(account_id=batch.account_id, name=name, fields=fields or [])
    values = _values(batch, people)
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, values)
        if not cursor.rowcount:
            raise EverybodyReached
        people.people = cursor.rowcount
        people.save()
        cursor.execute(_CONNECTORS, values)
        Repeat.objects.create(people=people, batch=batch, avoid=[row[0] for row in cursor.fetchall()])
    return people


def _unused(batch: Batch, size: int) -> FileList | None:
    """Return a list of the same people that was made before and that no send has used yet."""
    used = Batch.objects.filter(file=OuterRef("people"))
    unused = Repeat.objects.filter(~Exists(used), batch=batch, people__dropped_at=None, people__people=size).select_related("people")
    repeat = unused.order_by("-people").first()
    if repeat is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, _values(batch, repeat.people))
        return None if cursor.fetchone() else repeat.people


def _values(batch: Batch, people: FileList) -> dict[str, Any]:
    values = {"list": people.pk, "file": batch.file_id, "batch": batch.pk, "states": list(FAILED)}
    return values | {"first": batch.first_id, "last": batch.last_id}


def sent_again(batch: Batch) -> list[Batch]:
    """Return the sends that wrote again to those whom this one did not reach, the oldest first."""
    return list(Batch.objects.filter(file__repeat__batch=batch).order_by("pk"))


def forgotten_fields(batch: Batch) -> list[str]:
    """Return the fields of a send's text that were in a file whose people are forgotten by now: a new send does not know them."""
    if batch.file is None or batch.file.dropped_at is None:
        return []
    begun = batch
    while earlier := first_send(begun):
        begun = earlier
    return sorted(names(batch.text) - _KNOWN_WITHOUT_FILE) if begun.file_id else []


def first_send(batch: Batch) -> Batch | None:
    """Return the send that this one repeats; None where it is the first."""
    repeat = Repeat.objects.select_related("batch").filter(people=batch.file_id).first() if batch.file_id else None
    return repeat.batch if repeat else None


def avoided(people_id: int | None) -> list[int]:
    """Return the connectors that a send to this list should avoid."""
    if people_id is None:
        return []
    return Repeat.objects.filter(people=people_id).values_list("avoid", flat=True).first() or []
