"""Write a result for each number of a lookup, thousands in a transaction together with how far it got; may die and go on anywhere.

Fresh results are copied, free; those asked too often are refused; never more are queued than were held for. Next: claim.py
"""

from django.db import connection, transaction

from staffetta.contacts import audience, filelist
from staffetta.contacts.audience import Audience, Cursor
from staffetta.lib import clock
from staffetta.lookup import judge, rules
from staffetta.lookup.channel import LOOKUP
from staffetta.lookup.models import LookupBatch
from staffetta.messaging.wake import wake

STRETCH = 10_000

_NEXT = """
SELECT id FROM lookup_batch WHERE state IN ('accepted', 'running') AND expanded_at IS NULL
ORDER BY array_position(%(served)s::bigint[], account_id) NULLS FIRST, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_WRITE = f"""
WITH judged AS (
    SELECT j.*, row_number() OVER (PARTITION BY j.fresh IS NULL AND NOT j.often ORDER BY j.place) AS turn FROM ({judge.JUDGED}) AS j),
written AS (
    INSERT INTO lookup_result (batch_id, account_id, number, state, code, original_operator, operator, mcc, mnc, ported, reach, asked_at,
        answered_at, provider, provider_id, attempts, due_at, reused, simulated, cost_e4)
    SELECT %(batch)s, %(account)s, j.number,
        CASE WHEN f.id IS NOT NULL THEN 'answered' WHEN j.often THEN 'refused' WHEN j.turn <= %(asks_left)s THEN 'queued' ELSE 'cancelled' END,
        CASE WHEN f.id IS NULL AND j.often THEN 'too_often' ELSE '' END,
        coalesce(f.original_operator, ''), coalesce(f.operator, ''), coalesce(f.mcc, ''), coalesce(f.mnc, ''), f.ported, f.reach, f.asked_at,
        f.answered_at, coalesce(f.provider, ''), coalesce(f.provider_id, ''), 0, %(now)s, f.id IS NOT NULL, %(simulated)s, 0
    FROM judged j LEFT JOIN lookup_result f ON f.id = j.fresh ORDER BY j.place
    ON CONFLICT (batch_id, number) DO NOTHING RETURNING state, operator, reach),
tallied AS (
    INSERT INTO lookup_tally AS t (batch_id, operator, reach, numbers)
    SELECT %(batch)s, operator, coalesce(reach, ''), count(*) FROM written WHERE state = 'answered' GROUP BY 2, 3
    ON CONFLICT (batch_id, operator, reach) DO UPDATE SET numbers = t.numbers + excluded.numbers)
SELECT count(*), count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'answered'),
    count(*) FILTER (WHERE state = 'refused'), count(*) FILTER (WHERE state = 'cancelled') FROM written
"""


class Expander:
    """Expands lookups, accounts in turn; remembers whose turn it was."""

    def __init__(self) -> None:
        """Begin with nobody served."""
        self._served: list[int] = []

    def step(self) -> bool:
        """Write one stretch of the lookup whose turn it is; return False where there is none."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_NEXT, {"served": self._served})
                row = cursor.fetchone()
            if row is None:
                return False
            batch = LookupBatch.objects.get(pk=row[0])
            stretch(batch)
            wake(LOOKUP)
        self._served = [*[other for other in self._served if other != batch.account_id][-999:], batch.account_id]
        return True


def stretch(batch: LookupBatch) -> None:
    """Write the next numbers of a lookup whose row the caller holds."""
    people, after = audience.read(audience_of(batch), Cursor(batch.cursor_contact, batch.cursor_number, batch.cursor_file), STRETCH, False)
    number_day_max = rules.current().number_day_max
    terms = judge.Terms(batch.account_id, batch.reuse, batch.fresh_from, batch.simulated, number_day_max)
    values = judge.values(terms, [person.number for person in people])
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values | {"batch": batch.pk, "asks_left": batch.asks - batch.written_asks, "now": clock.now()})
        written, queued, answered, refused, cancelled = cursor.fetchone()
    batch.written += written
    batch.written_asks += queued
    batch.queued += queued
    batch.answered += answered
    batch.refused += refused
    batch.cancelled += cancelled
    if batch.state == "accepted":
        batch.state = "running"
    if after is None:
        batch.expanded_at = clock.now()
        # Whoever left the group meanwhile is in no result.
        batch.count = batch.written
        if batch.file is not None:
            filelist.let_go(batch.file)
    else:
        batch.cursor_contact, batch.cursor_number, batch.cursor_file = after
    batch.save(update_fields=_WRITTEN)


_WRITTEN = [
    "state",
    "count",
    "written",
    "written_asks",
    "queued",
    "answered",
    "refused",
    "cancelled",
    "expanded_at",
    "cursor_contact",
    "cursor_number",
    "cursor_file",
]


def audience_of(batch: LookupBatch) -> Audience:
    """Return whom the lookup is about, as it was frozen."""
    groups = () if batch.group is None else (batch.group,)
    return Audience(batch.account_id, groups, batch.ceiling, tuple(batch.numbers), (), batch.file)
