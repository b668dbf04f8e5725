"""Move what waits for a dead link to a living one. Runs in `work`; which connector takes what is decided by carriers/routing.py."""

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from staffetta.carriers import routing
from staffetta.lib import literal
from staffetta.messaging.wake import GATEWAY, wake

_CHUNKS_MAX = 1_000

# A chunk's messages were routed alike when they were expanded, so its first one speaks for all.
_WAITING = """
SELECT c.id, c.connector_id, m.number FROM messaging_chunk c
CROSS JOIN LATERAL (SELECT number FROM messaging_message WHERE id BETWEEN c.first_id AND c.last_id ORDER BY id LIMIT 1) AS m
WHERE c.owner IS NULL AND NOT c.connector_id = ANY(%s) AND c.id > %s ORDER BY c.id LIMIT %s FOR UPDATE OF c SKIP LOCKED
"""

_MOVE = """
UPDATE messaging_chunk c SET connector_id = g.connector_id
FROM unnest(%s::bigint[], %s::int[]) AS g(id, connector_id) WHERE c.id = g.id
"""


@transaction.atomic
def reroute() -> int:
    """Give waiting chunks of connectors without a live link to others that take the same numbers; return how many moved."""
    bound = routing.bound_connectors()
    if not bound:
        return 0
    routes = routing.table()
    moves: list[tuple[int, int]] = []
    last_id = 0
    with connection.cursor() as cursor:
        while rows := _page(cursor, bound, last_id):
            last_id = rows[-1][0]
            moves += [
                (chunk_id, better)
                for chunk_id, connector_id, number in rows
                if (better := routes.connector(number)) is not None and better != connector_id
            ]
        if moves:
            cursor.execute(_MOVE, [literal.numbers([chunk for chunk, _ in moves]), literal.numbers([better for _, better in moves])])
            wake(GATEWAY)
    return len(moves)


def _page(cursor: CursorWrapper, bound: set[int], after: int) -> list[tuple[int, int, str]]:
    cursor.execute(_WAITING, [list(bound), after, _CHUNKS_MAX])
    rows: list[tuple[int, int, str]] = cursor.fetchall()
    return rows
