"""Find sends, and messages by number, in an archive of any size. Reads only.

Nothing here reads more than a stretch at a time, along an index: what is rare takes several calls, and none of them is slow.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from staffetta.contacts import folding
from staffetta.lib import clock
from staffetta.messaging.models import Batch
from staffetta.messaging.origin import PROGRAMS
from staffetta.messaging.states import BATCH_STATES, RUNNING
from staffetta.sms import number as numbers
from staffetta.sms.errors import NumberError

STRETCH = 5_000
FIRST_DIGITS_MIN = 9  # of a number with its prefix: fewer are the beginning of too many people's numbers
HITS_MAX = 20_000  # of one account
_BEGINNING, _END = datetime(2000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Place:
    """A place in the archive: sends are in the order of their time, then of their id."""

    send_at: datetime
    id: int


@dataclass(frozen=True)
class Wanted:
    """What to look for; blank fields ask for nothing. `state`: one of STATES or EXACT_STATES; `origin`: one of ORIGINS; `until` is the first moment
    after the period, which is that in which it leaves, or with `made` in which it was accepted.
    """

    text: str = ""
    state: str = ""
    origin: str = ""
    since: datetime | None = None
    until: datetime | None = None
    made: bool = False


@dataclass(frozen=True)
class Found:
    """Sends, newest first. `older` and `newer`: where to go on that way, None at the end; `all_seen`: False where there may be more."""

    batches: list[Batch]
    older: Place | None
    newer: Place | None
    all_seen: bool


_BAD = "t.undelivered + t.expired + t.rejected + t.failed"
_PLANNED = "b.state = ANY(%(running)s) AND b.send_at > %(now)s"
STATES = {
    "planned": _PLANNED,
    "moving": f"b.state = ANY(%(moving)s) AND NOT ({_PLANNED})",
    "paused": "b.state = 'paused'",
    "ended": "b.state = 'settled'",
    "bad": f"EXISTS (SELECT 1 FROM messaging_tally t WHERE t.batch_id = b.id AND {_BAD} > 0)",
    "uncertain": "EXISTS (SELECT 1 FROM messaging_tally t WHERE t.batch_id = b.id AND t.uncertain > 0)",
}
# One state each, as programs see them.
EXACT_STATES = {
    **{state: f"b.state = '{state}' AND b.send_at <= %(now)s" for state in RUNNING},
    **{state: f"b.state = '{state}'" for state in BATCH_STATES if state not in RUNNING},
}
ORIGINS = {"portal": "NOT b.via = ANY(%(programs)s)", "programs": "b.via = ANY(%(programs)s)"}

# {before} and {order} turn the walk round: towards older sends, or towards newer ones.
_SENDS = """
WITH stretch AS MATERIALIZED (
    SELECT * FROM messaging_batch
    WHERE account_id = %(account)s AND (send_at, id) {before} (%(at)s, %(id)s) AND send_at >= %(since)s AND send_at < %(until)s
    ORDER BY send_at {order}, id {order} LIMIT %(stretch)s)
, good AS (SELECT b.id, b.send_at FROM stretch b WHERE {filters} ORDER BY b.send_at {order}, b.id {order} LIMIT %(limit)s)
SELECT id, send_at, 'good' FROM good
UNION ALL (SELECT id, send_at, 'last' FROM stretch ORDER BY send_at {reverse}, id {reverse} LIMIT 1)
UNION ALL SELECT count(*), NULL, 'size' FROM stretch
"""


def sends(account_id: int, wanted: Wanted, limit: int, older_than: Place | None = None, newer_than: Place | None = None) -> Found:
    """Return a page of sends at most `limit` long, from the newest, or going on from a place towards older or newer ones."""
    backwards = newer_than is not None
    start = newer_than or older_than or Place(_END, 0)
    rows = _walk(account_id, wanted, limit, start, backwards)
    good = [Place(at, id) for id, at, kind in rows if kind == "good"]
    last = [Place(at, id) for id, at, kind in rows if kind == "last"]
    (size,) = (id for id, _, kind in rows if kind == "size")
    more = len(good) > limit or size == _stretch(wanted, limit)
    kept = good[:limit]
    end = kept[-1] if len(good) > limit else (last[0] if more else None)
    if backwards:
        kept.reverse()
    known = {batch.pk: batch for batch in Batch.objects.filter(pk__in=[place.id for place in kept]).select_related("type", "user")}
    begin = kept[0] if kept else start
    return Found(
        batches=[known[place.id] for place in kept if place.id in known],
        older=(kept[-1] if kept else start) if backwards else end,
        newer=end if backwards else (begin if older_than else None),
        all_seen=len(good) > limit or not more,
    )


def _stretch(wanted: Wanted, limit: int) -> int:
    return STRETCH if wanted.text or wanted.state or wanted.origin else limit + 1


def _walk(account_id: int, wanted: Wanted, limit: int, start: Place, backwards: bool) -> list[tuple[Any, ...]]:
    filters = [(STATES | EXACT_STATES)[wanted.state]] if wanted.state else []
    if wanted.origin:
        filters.append(ORIGINS[wanted.origin])
    if wanted.text:
        filters.append(f"{folding.sql('b.text')} LIKE %(text)s OR {folding.sql('b.sender')} LIKE %(text)s")
    before, order, reverse = (">", "ASC", "DESC") if backwards else ("<", "DESC", "ASC")
    sql = _SENDS.format(before=before, order=order, reverse=reverse, filters=" AND ".join(f"({each})" for each in filters) or "true")
    values: dict[str, Any] = {
        "account": account_id,
        "at": start.send_at,
        "id": start.id,
        "since": wanted.since or _BEGINNING,
        "until": wanted.until or _END,
        "stretch": _stretch(wanted, limit),
        "limit": limit + 1,
        "now": clock.now(),
        "running": list(RUNNING),
        "moving": [*RUNNING, "cancelling", "settling"],
        "programs": list(PROGRAMS),
        "text": folding.pattern(wanted.text),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@dataclass(frozen=True)
class Hit:
    """A message to the number that was looked for."""

    id: int
    batch_id: int


_BY_NUMBER = """
WITH hits AS MATERIALIZED (
    SELECT id, batch_id, state FROM messaging_message
    WHERE number >= %(low)s AND number < %(high)s AND account_id = %(account)s LIMIT %(hits)s)
SELECT h.id, h.batch_id, (SELECT count(*) FROM hits) FROM hits h JOIN messaging_batch b ON b.id = h.batch_id
WHERE (%(before)s = 0 OR h.id < %(before)s)
  AND (%(since)s::timestamptz IS NULL OR b.{at} >= %(since)s) AND (%(until)s::timestamptz IS NULL OR b.{at} < %(until)s)
  AND (%(state)s = '' OR h.state = %(state)s)
ORDER BY h.id DESC LIMIT %(limit)s
"""


def first_digits(typed: str, country: str) -> str | None:
    """Return the beginning of an E.164 number as somebody types it, or all of it; None where it is too short to look for."""
    try:
        return numbers.parse(typed, country)
    except NumberError:
        digits = "".join(character for character in typed if character.isdigit())
        if typed.strip().startswith("+"):
            found = "+" + digits
        elif digits.startswith("00"):
            found = "+" + digits[2:]
        else:
            found = numbers.calling_code(country) + digits
        return found if len(found) > FIRST_DIGITS_MIN else None


def messages(account_id: int, digits: str, wanted: Wanted, limit: int, before: int = 0) -> tuple[list[Hit], bool]:
    """Return the account's messages to numbers that begin with these digits (E.164), newest first, with an id under `before`.

    And whether all were looked at: with few digits there may be more than HITS_MAX. `wanted.state` is a state of messages here.
    """
    values: dict[str, Any] = {
        "low": digits,
        "high": digits + "~",  # greater than any digit
        "hits": HITS_MAX,
        "account": account_id,
        "before": before,
        "since": wanted.since,
        "until": wanted.until,
        "state": wanted.state,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BY_NUMBER.format(at="created_at" if wanted.made else "send_at"), values)
        rows = cursor.fetchall()
    return [Hit(*row[:2]) for row in rows], not rows or rows[0][2] < HITS_MAX
