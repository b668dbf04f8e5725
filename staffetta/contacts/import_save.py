"""The last step of an import: its good rows into contacts and the group, in sets. A run that died goes on where it was.

Merging, within the file and with who is there already: what is filled in later wins, what is left blank deletes nothing.
"""

import json
import logging
from typing import Any

from django.db import connection, transaction

from staffetta.contacts import pieces, states
from staffetta.contacts.models import Field, Group, Import
from staffetta.contacts.rows import Person
from staffetta.lib import clock

_log = logging.getLogger(__name__)

# In the order of the numbers, so that two imports of one account wait for each other and never lock each other out.
_CONTACTS = """
INSERT INTO contacts_contact AS c (account_id, number, name, surname, fields, created_at)
SELECT %(account)s, g.number, g.name, g.surname, g.fields::jsonb, now()
FROM unnest(%(numbers)s::text[], %(names)s::text[], %(surnames)s::text[], %(fields)s::text[]) AS g(number, name, surname, fields)
ORDER BY g.number COLLATE "C"
ON CONFLICT (account_id, number) DO UPDATE SET
    name = coalesce(nullif(excluded.name, ''), c.name),
    surname = coalesce(nullif(excluded.surname, ''), c.surname),
    fields = c.fields || excluded.fields
WHERE (excluded.name <> '' AND excluded.name <> c.name)
   OR (excluded.surname <> '' AND excluded.surname <> c.surname)
   OR NOT c.fields @> excluded.fields
"""

_MEMBERSHIPS = """
INSERT INTO contacts_membership (group_id, contact_id)
SELECT %(group)s, c.id
FROM contacts_contact c
WHERE c.account_id = %(account)s AND c.number = ANY(%(numbers)s::text[])
ORDER BY c.id
ON CONFLICT (group_id, contact_id) DO NOTHING
"""


def save(import_id: int) -> None:
    """Save the good rows of a confirmed import."""
    with transaction.atomic():
        record = states.begin_run(import_id, "saving")
    if record is None:
        return
    try:
        total = pieces.count(import_id, pieces.GOOD)
        for place in range(record.pieces_saved, total):
            _save_piece(record, place, total)
        with transaction.atomic():
            states.keep(record, state="saved", progress=100, saved_at=clock.now())
            pieces.clear(import_id, pieces.FILE, pieces.GOOD)
    except states.TakenOver:
        _log.info("import %s: another run goes on with it", import_id)


@transaction.atomic
def _save_piece(record: Import, place: int, total: int) -> None:
    states.keep(record, pieces_saved=place + 1, progress=min(99, (place + 1) * 100 // total))
    people = _merged([Person(*row) for row in pieces.rows_at(record.pk, pieces.GOOD, place)])
    if not people:
        return
    _make_fields(record.account_id, people)
    values: dict[str, Any] = {
        "account": record.account_id,
        "group": _group(record).pk,
        "numbers": [person.number for person in people],
        "names": [person.name for person in people],
        "surnames": [person.surname for person in people],
        "fields": [json.dumps(person.fields) if person.fields else "{}" for person in people],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CONTACTS, values)
        cursor.execute(_MEMBERSHIPS, values)


def _merged(people: list[Person]) -> list[Person]:
    """Return each number once: one statement cannot change a row twice."""
    found: dict[str, Person] = {}
    for person in people:
        before = found.get(person.number)
        found[person.number] = (
            person
            if before is None
            else Person(person.number, person.name or before.name, person.surname or before.surname, before.fields | person.fields)
        )
    return list(found.values())


def _make_fields(account_id: int, people: list[Person]) -> None:
    names = sorted({name for person in people for name in person.fields})
    known = set(Field.objects.filter(account_id=account_id, name__in=names).values_list("name", flat=True)) if names else set()
    if new := [Field(account_id=account_id, name=name) for name in names if name not in known]:
        Field.objects.bulk_create(new, ignore_conflicts=True)


def _group(record: Import) -> Group:
    """Return the group, locked against removal; made (again) where there is none."""
    locked = Group.objects.select_for_update(no_key=True)
    group = locked.filter(pk=record.group_id).first() if record.group_id else None
    if group is None:
        Group.objects.bulk_create([Group(account_id=record.account_id, name=record.group_name)], ignore_conflicts=True)
        group = locked.get(account_id=record.account_id, name=record.group_name)
        states.keep(record, group=group)
        record.group = group
    return group
