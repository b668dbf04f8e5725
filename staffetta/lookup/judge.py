"""What becomes of each number when it is asked for: answered from a fresh result, asked, or left out as asked too often. Writes nothing.

Counting before (accept.py) and writing down after (expand.py) share the one statement, so that they agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from staffetta.lib import clock
from staffetta.lookup.limits import DAY

# `fresh`: the newest result of the account's own that was paid for and is fresh; `often`: asked too often today, by whomever.
# What others only have waiting does not count: a queue, a paused one above all, would keep a number from everybody at no cost.
JUDGED = """
SELECT n.number, n.place, f.id AS fresh, t.times >= %(number_day_max)s AS often
FROM unnest(%(numbers)s::text[]) WITH ORDINALITY AS n(number, place)
LEFT JOIN LATERAL (
    SELECT r.id FROM lookup_result r
    WHERE r.number = n.number AND r.account_id = %(account)s AND r.state = 'answered' AND NOT r.reused
      AND r.simulated = %(simulated)s AND r.answered_at >= %(fresh_from)s
    ORDER BY r.id DESC LIMIT 1) AS f ON %(reuse)s
CROSS JOIN LATERAL (
    SELECT count(*) AS times FROM lookup_result r
    WHERE r.number = n.number AND NOT r.reused AND (r.asked_at > %(day)s OR r.state = 'queued' AND r.account_id = %(account)s)) AS t
"""


@dataclass(frozen=True)
class Terms:
    """By what numbers are judged: whose they are, from when on results are fresh and may be reused, how often one may be asked."""

    account_id: int
    reuse: bool
    fresh_from: datetime
    simulated: bool
    number_day_max: int


class Judged(NamedTuple):
    """How many of some numbers are fresh and how many are to be asked; `often`: those that were asked too often."""

    fresh: int
    asks: int
    often: list[str]


def values(terms: Terms, numbers: Sequence[str]) -> dict[str, Any]:
    """Return what the statement needs for these numbers."""
    return {
        "numbers": list(numbers),
        "account": terms.account_id,
        "reuse": terms.reuse,
        "fresh_from": terms.fresh_from,
        "simulated": terms.simulated,
        "number_day_max": terms.number_day_max,
        "day": clock.now() - DAY,
    }


def judge(terms: Terms, numbers: Sequence[str]) -> Judged:
    """Return what would become of these numbers now."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FILTER (WHERE fresh IS NOT NULL), count(*) FILTER (WHERE fresh IS NULL AND NOT often),"
            f" coalesce(array_agg(number ORDER BY place) FILTER (WHERE fresh IS NULL AND often), '{{}}') FROM ({JUDGED}) AS judged",
            values(terms, numbers),
        )
        fresh, asks, often = cursor.fetchone()
    return Judged(fresh, asks, often)
