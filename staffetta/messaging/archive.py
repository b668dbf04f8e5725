"""Step 9: what became of every message: read by key set, never by offset; partitions made ahead and dropped when old.

Reads only, apart from the partitions. The last step.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from staffetta.messaging.models import Batch
from staffetta.messaging.states import MESSAGE_STATES

PAGE = 100
SPAN = 50_000  # of ids that one look for a rare state goes through: some 10 ms
_REPORT_PAGE = 5_000
MONTHS_AHEAD = 2


@dataclass(frozen=True)
class Row:
    """One recipient of a send as people read it."""

    id: int
    number: str
    name: str
    surname: str
    text: str
    state: str
    parts: int
    cost_e4: int
    attempts: int
    error: str | None
    submitted_at: datetime | None
    ended_at: datetime | None
    clicked_at: datetime | None = None


# {clicked} and {clicks} are there only where the send has a short link.
_ROWS = """
SELECT m.id, m.number, coalesce(c.name, ''), coalesce(c.surname, ''), coalesce(m.text, %(text)s), m.state, m.parts, m.cost_e4, m.attempts,
    m.error, m.submitted_at, m.ended_at{clicked}
FROM messaging_message m LEFT JOIN contacts_contact c ON c.account_id = m.account_id AND c.number = m.number{clicks}
WHERE m.id > %(after)s AND m.id BETWEEN %(first)s AND %(last)s AND m.batch_id = %(batch)s
  AND (%(states)s::text[] IS NULL OR m.state = ANY(%(states)s::text[])) AND (%(number)s = '' OR m.number LIKE %(number)s){only}
ORDER BY m.id LIMIT %(limit)s
"""
_CLICKS = " LEFT JOIN messaging_click k ON k.message_id = m.id"
_PIECES = ("clicked", "clicks", "only")
CLICKED, NOT_CLICKED = "clicked", "not_clicked"
_ONLY = {CLICKED: " AND k.first_at IS NOT NULL", NOT_CLICKED: " AND k.first_at IS NULL"}


@dataclass(frozen=True)
class Page:
    """Messages in order. `after`: where to go on, None at the end; `all_seen`: False where the look ended before the page was full."""

    rows: list[Row]
    after: int | None
    all_seen: bool


def page(batch: Batch, after: int, states: list[str] | None, number: str, limit: int, clicked: str = "") -> Page:
    """Return at most `limit` messages with an id above `after`, looking through no more than SPAN of them.

    `clicked`: CLICKED or NOT_CLICKED, where the send has a short link.
    """
    start = max(after, batch.first_id - 1)
    end = start + SPAN if states or number or clicked else batch.last_id
    rows = messages(batch, start, states, number, limit + 1, end, clicked)
    if len(rows) > limit:
        return Page(rows[:limit], rows[limit - 1].id, True)
    return Page(rows, None, True) if end >= batch.last_id else Page(rows, end, False)


def messages(
    batch: Batch,
    after: int = 0,
    states: list[str] | None = None,
    number: str = "",
    limit: int = PAGE,
    last_id: int | None = None,
    clicked: str = "",
) -> list[Row]:
    """Return a batch's messages with an id above `after` (and up to `last_id`), in order, filtered by states and digits of the number."""
    digits = "".join(character for character in number if character.isdigit())
    pieces = {"clicked": ", k.first_at", "clicks": _CLICKS, "only": _ONLY.get(clicked, "")} if batch.link_id else dict.fromkeys(_PIECES, "")
    with connection.cursor() as cursor:
        cursor.execute(
            _ROWS.format(**pieces),
            {
                "text": batch.text,
                "after": after,
                "first": batch.first_id,
                "last": min(last_id or batch.last_id, batch.last_id),
                "batch": batch.pk,
                "states": states or None,
                "number": f"%{digits}%" if digits else "",
                "limit": limit,
            },
        )
        return [Row(*row) for row in cursor.fetchall()]


def message(batch: Batch, message_id: int) -> Row | None:
    """Return one message of a batch; None where the batch has no such message."""
    found = messages(batch, after=message_id - 1, limit=1)
    return found[0] if found and found[0].id == message_id else None


def report(batch: Batch, states: list[str] | None = None, number: str = "") -> Iterator[Row]:
    """Yield all messages of a batch, a page at a time, so that a report of a million needs no memory."""
    after = 0
    while page := messages(batch, after, states, number, _REPORT_PAGE):
        yield from page
        after = page[-1].id


def totals(batches: list[int]) -> dict[int, dict[str, int]]:
    """Return for each batch how many of its messages are in each state."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT batch_id, {', '.join(MESSAGE_STATES)} FROM messaging_tally WHERE batch_id = ANY(%s)", [batches])
        return {row[0]: dict(zip(MESSAGE_STATES, row[1:], strict=True)) for row in cursor.fetchall()}


def make_partitions() -> None:
    """Make the partitions of this month and the next ones, where they are missing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT messaging_make_partition((date_trunc('month', now() AT TIME ZONE 'UTC') + n * interval '1 month')::date)"
            " FROM generate_series(0, %s) n",
            [MONTHS_AHEAD],
        )
