"""Clean a group: numbers that its lookup found dead go into a group of their own, and what each send saves is told.

Dead is a number that does not exist by the newest answer about it; on request also one that was absent at the last so many lookups, a day
or more apart. What the simulator invented makes nobody dead once real answers come.
"""

from dataclasses import dataclass

from django.db import connection, transaction

from staffetta.billing import pricing
from staffetta.contacts import moving, people
from staffetta.contacts.models import Group
from staffetta.lookup import provided
from staffetta.lookup.errors import LookupGroupGone, NobodyDead
from staffetta.lookup.models import LookupBatch
from staffetta.lookup.states import ABSENT, NONEXISTENT

_ABSENT_LOOKUPS_MAX = 20

_SAID = """lookup_result o WHERE o.number = r.number AND o.account_id = r.account_id AND o.state = 'answered' AND NOT o.reused
    AND (o.simulated <= %(simulated)s)"""
# Only who is still in the group counts.
_DEAD = f"""
SELECT r.number, newest.reach FROM lookup_result r
JOIN contacts_contact c ON c.account_id = r.account_id AND c.number = r.number
JOIN contacts_membership m ON m.contact_id = c.id AND m.group_id = %(group)s
CROSS JOIN LATERAL (SELECT reach, answered_at FROM {_SAID} ORDER BY answered_at DESC, id DESC LIMIT 1) AS newest
WHERE r.batch_id = %(batch)s AND r.state = 'answered' AND r.reach IN ('nonexistent', 'absent')
    AND (newest.reach = 'nonexistent' OR %(lookups)s > 0 AND newest.reach = 'absent' AND (
        WITH RECURSIVE apart(at, n) AS (
            SELECT newest.answered_at, 1
            UNION ALL
            SELECT (SELECT max(answered_at) FROM {_SAID} AND reach = 'absent' AND answered_at <= apart.at - interval '1 day' AND answered_at > coalesce(
                (SELECT max(answered_at) FROM {_SAID} AND reach IS DISTINCT FROM 'absent'), '-infinity')), n + 1
            FROM apart WHERE at IS NOT NULL AND n < %(lookups)s)
        SELECT max(n) FROM apart WHERE at IS NOT NULL) >= %(lookups)s)
ORDER BY r.id
"""


@dataclass(frozen=True)
class Dead:
    """The dead numbers of a group, how many there are of each kind, and the credits that each send without them saves."""

    numbers: tuple[str, ...]
    nonexistent: int
    absent: int
    saved_e4: int


def find(batch: LookupBatch, absent_lookups: int = 0) -> Dead:
    """Return who of the looked up group is dead; `absent_lookups` (0: never): so often absent in a row counts as dead.

    Raises LookupGroupGone.
    """
    group = _group(batch)
    lookups = min(max(0, absent_lookups), _ABSENT_LOOKUPS_MAX)
    with connection.cursor() as cursor:
        cursor.execute(_DEAD, {"group": group.pk, "batch": batch.pk, "lookups": lookups, "simulated": provided.simulating()})
        rows = cursor.fetchall()
    numbers = tuple(number for number, _reach in rows)
    reaches = [reach for _number, reach in rows]
    return Dead(numbers, reaches.count(NONEXISTENT), reaches.count(ABSENT), saved_e4(numbers))


@transaction.atomic
def move(batch: LookupBatch, name: str, absent_lookups: int = 0) -> tuple[Group, int]:
    """Put the dead of a looked up group into a new group of this name; return it and how many were moved.

    Raises NobodyDead, LookupGroupGone, and what people.create_group does of the name.
    """
    group = _group(batch)
    dead = find(batch, absent_lookups)
    if not dead.numbers:
        raise NobodyDead(group=group.name)
    made = people.create_group(batch.account, name)
    return made, moving.move(group, made, dead.numbers)


def saved_e4(numbers: tuple[str, ...]) -> int:
    """Return what one part to each of these numbers costs by the cheapest type on sale that goes there."""
    lists = [pricing.prices(sms_type) for sms_type, _cost_e4 in pricing.on_sale()]
    saved = 0
    for number in numbers:
        costs = [prices.by_prefix[prefix] for prices in lists if (prefix := prices.prefix(number)) is not None]
        saved += min(costs, default=0)
    return saved


def _group(batch: LookupBatch) -> Group:
    group = Group.objects.filter(account_id=batch.account_id, pk=batch.group).first() if batch.group else None
    if group is None:
        raise LookupGroupGone
    return group
