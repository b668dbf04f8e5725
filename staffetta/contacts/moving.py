"""Move people of one group into another by their numbers, however many. Knows not why."""

from collections.abc import Sequence

from django.db import connection, transaction

from staffetta.contacts.models import Group

_MOVE = """
WITH gone AS (
    DELETE FROM contacts_membership m USING contacts_contact c
    WHERE c.id = m.contact_id AND m.group_id = %(group)s AND c.account_id = %(account)s AND c.number = ANY(%(numbers)s)
    RETURNING m.contact_id)
INSERT INTO contacts_membership (group_id, contact_id) SELECT %(to)s, contact_id FROM gone ORDER BY contact_id
ON CONFLICT (group_id, contact_id) DO NOTHING
"""


@transaction.atomic
def move(group: Group, to: Group, numbers: Sequence[str]) -> int:
    """Take those with these numbers (E.164) out of a group and put them into another of the same account; return how many were moved."""
    if group.account_id != to.account_id:
        raise ValueError("groups of two accounts")
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {"group": group.pk, "to": to.pk, "account": group.account_id, "numbers": list(numbers)})
        return int(cursor.rowcount)
