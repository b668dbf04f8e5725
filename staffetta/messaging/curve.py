"""The deliveries of a send over time, as bars of equal length. Reads messages; keeps what it counted of large sends."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from staffetta.lib import clock
from staffetta.messaging.models import Batch, Curve

BARS_MAX = 48
AT_ONCE = 20_000  # so many messages are counted in some 10 ms
STALE = timedelta(seconds=10)
LENGTHS_S = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800, 604_800)

_BY_SECOND = """
SELECT floor(extract(epoch FROM ended_at))::bigint, count(*) FROM messaging_message
WHERE id BETWEEN %s AND %s AND batch_id = %s AND state = 'delivered' AND ended_at IS NOT NULL GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class Deliveries:
    """Deliveries from `begin` on in bars of `length_s` seconds each."""

    begin: datetime
    length_s: int
    bars: list[int]


def of(batch: Batch, delivered: int) -> tuple[Deliveries | None, bool]:
    """Return the deliveries, and whether they should be counted again by a job.

    `delivered` is what the tally says. Small sends are counted now; of large ones the last count is returned.
    """
    if not delivered:
        return None, False
    if batch.recipients <= AT_ONCE:
        return binned(_seconds(batch)), False
    kept = Curve.objects.filter(batch=batch).first()
    if kept is None:
        return None, True
    stale = kept.delivered != delivered and clock.now() - kept.counted_at > STALE
    return _read(kept.bars), stale


def count(batch: Batch) -> None:
    """Count the deliveries of a large send and keep them."""
    seconds = _seconds(batch)
    found = binned(seconds)
    bars = [int(found.begin.timestamp()), found.length_s, *found.bars] if found else []
    values = {"counted_at": clock.now(), "delivered": sum(n for _, n in seconds), "bars": bars}
    Curve.objects.update_or_create(batch=batch, defaults=values)


def binned(seconds: list[tuple[int, int]]) -> Deliveries | None:
    """Return counts by second (in order) as at most BARS_MAX bars, of the shortest length that does."""
    if not seconds:
        return None
    first, last = seconds[0][0], seconds[-1][0]
    length = next((each for each in LENGTHS_S if last // each - first // each < BARS_MAX), LENGTHS_S[-1])
    start = first // length
    bars = [0] * min(last // length - start + 1, BARS_MAX)
    for second, n in seconds:
        bars[min(second // length - start, BARS_MAX - 1)] += n  # what comes later than all lengths can hold is in the last bar
    return Deliveries(datetime.fromtimestamp(start * length, UTC), length, bars)


def _read(kept: list[int]) -> Deliveries | None:
    return Deliveries(datetime.fromtimestamp(kept[0], UTC), kept[1], kept[2:]) if kept else None


def _seconds(batch: Batch) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_BY_SECOND, [batch.first_id, batch.last_id, batch.pk])
        found: list[tuple[int, int]] = cursor.fetchall()
    return found
