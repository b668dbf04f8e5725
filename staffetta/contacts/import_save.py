"""The last step of an import: its good rows into contacts and the group, in sets. A run that died goes on where it was.

Merging, within the file and with who is there already: what is filled in later wins, what is left blank deletes nothing.
"""

import logging
from typing import Any

from django.db import connection, transaction

from staffetta.contacts import pieces, states
from staffetta.contacts.models import Group, Import
from staffetta.lib import clock

_log = logging.getLogger(__name__)

# In the order of the numbers, so that two imports of one account wait for each other and never lock each other out.
_PEOPLE = "(SELECT e->>0 AS number, e->>1 AS name, e->>2 AS surname, e->3 AS fields FROM jsonb_array_elements(%(people)s::jsonb) AS e) AS g"

_DIFFERS = """(excluded.name <> '' AND excluded.name <> c.name)
   OR (excluded.surname <> '' AND excluded.surname <> c.surname)
   OR NOT c.fields @> excluded.fields"""

_CONTACTS = f"""
INSERT INTO contacts_contact AS c (account_id, number, name, surname, fields, created_at)
SELECT %(account)s, g.number, g.name, g.surname, g.fields, now() FROM {_PEOPLE} ORDER BY g.number
ON CONFLICT (account_id, number) DO UPDATE SET
    name = coalesce(nullif(excluded.name, ''), c.name),
    surname = coalesce(nullif(excluded.surname, ''), c.surname),
    fields = c.fields || excluded.fields
WHERE NOT %(keep)s AND ({_DIFFERS})
RETURNING c.id, xmax = 0, c.name, c.surname, c.fields
"""

# LATERAL with its LIMIT keeps the planner from reading all of an account's contacts for each piece.
_MEMBERSHIPS = f"""
INSERT INTO contacts_membership (group_id, contact_id)
SELECT %(group)s, c.id
FROM {_PEOPLE}, LATERAL (SELECT id FROM contacts_contact WHERE account_id = %(account)s AND number = g.number LIMIT 1) AS c
ORDER BY c.id
ON CONFLICT (group_id, contact_id) DO NOTHING
RETURNING contact_id
"""

# What is about to be written over, for the undoing; then what was done.
_BEFORE = f"""
INSERT INTO contacts_importchange (parent_id, contact_id, made, joined, before)
SELECT %(import)s, c.id, false, false, jsonb_build_array(c.name, c.surname, c.fields)
FROM {_PEOPLE.replace("AS g", "AS excluded")},
    LATERAL (SELECT * FROM contacts_contact WHERE account_id = %(account)s AND number = excluded.number LIMIT 1 FOR UPDATE) AS c
WHERE {_DIFFERS}
ON CONFLICT (parent_id, contact_id) DO NOTHING
"""
_CHANGED = f"""
WITH done(id, made, name, surname, fields) AS ({_CONTACTS}),
    after AS (UPDATE contacts_importchange x SET after = jsonb_build_array(d.name, d.surname, d.fields)
              FROM done d WHERE NOT d.made AND x.parent_id = %(import)s AND x.contact_id = d.id)
SELECT coalesce(array_agg(id) FILTER (WHERE made), '{{}}') FROM done
"""
# Everybody named gets a row, also who was there just so: an earlier import that is undone leaves them alone.
_JOINED = f"""
WITH named AS MATERIALIZED (
        SELECT c.* FROM {_PEOPLE},
            LATERAL (SELECT * FROM contacts_contact WHERE account_id = %(account)s AND number = g.number LIMIT 1) AS c),
    done AS (
        INSERT INTO contacts_membership (group_id, contact_id) SELECT %(group)s, id FROM named ORDER BY id
        ON CONFLICT (group_id, contact_id) DO NOTHING RETURNING contact_id)
INSERT INTO contacts_importchange (parent_id, contact_id, made, joined, after)
SELECT %(import)s, n.id, n.id = ANY(%(made)s::bigint[]), n.id IN (SELECT contact_id FROM done),
    CASE WHEN n.id = ANY(%(made)s::bigint[]) THEN jsonb_build_array(n.name, n.surname, n.fields, n.number) END
FROM named n
ON CONFLICT (parent_id, contact_id) DO UPDATE SET joined = excluded.joined
"""

_FIELDS = f"""
INSERT INTO contacts_field (account_id, name)
SELECT DISTINCT %(account)s, k.name FROM {_PEOPLE}, jsonb_object_keys(g.fields) AS k(name)
WHERE NOT EXISTS (SELECT FROM contacts_field f WHERE f.account_id = %(account)s AND f.name = k.name)
ORDER BY k.name
ON CONFLICT (account_id, name) DO NOTHING
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
    # The piece goes to the database as it is: taking it apart here and quoting it again cost more than the inserts.
    put(record.account_id, _group(record).pk, pieces.text_at(record.pk, pieces.GOOD, place), record.keep_known, record.pk)


def put(account_id: int, group_id: int, people: str, keep_known: bool = False, import_id: int | None = None) -> None:
    """Save people, a JSON list of [number, name, surname, fields] with each number once, and put them into a group.

    `keep_known`: who is a contact already stays as he is. With an `import_id`, what is changed is noted for its undoing.
    """
    values: dict[str, Any] = {"account": account_id, "group": group_id, "people": people, "keep": keep_known, "import": import_id}
    with connection.cursor() as cursor:
        cursor.execute(_FIELDS, values)
        if import_id is None:
            cursor.execute(_CONTACTS, values)
            cursor.execute(_MEMBERSHIPS, values)
            return
        if not keep_known:
            cursor.execute(_BEFORE, values)
        cursor.execute(_CHANGED, values)
        (values["made"],) = cursor.fetchone()
        cursor.execute(_JOINED, values)


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
