"""Who a number belongs to, as last seen: lookup writes it, routing by operator reads it. Knows no lookup."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.db import connection

from staffetta.carriers.models import KnownOperator
from staffetta.lib import literal


class Seen(NamedTuple):
    """The operator of a number (E.164), as somebody who knows has just said; `simulated`: invented."""

    number: str
    operator: str
    mcc: str
    mnc: str
    ported: bool | None
    simulated: bool = False


# What is invented never takes the place of what is known. In the order of numbers, so that two writers never wait for each other.
_SAW = """
INSERT INTO carriers_knownoperator AS k (number, operator, mcc, mnc, ported, simulated, seen_at)
SELECT number, operator, mcc, mnc, ported, simulated, statement_timestamp() FROM unnest(%(numbers)s::text[], %(operators)s::text[],
    %(mccs)s::text[], %(mncs)s::text[], %(ported)s::boolean[], %(simulated)s::boolean[])
    AS g(number, operator, mcc, mnc, ported, simulated) ORDER BY number
ON CONFLICT (number) DO UPDATE SET operator = excluded.operator, mcc = excluded.mcc, mnc = excluded.mnc, ported = excluded.ported,
    simulated = excluded.simulated, seen_at = excluded.seen_at
WHERE k.simulated OR NOT excluded.simulated
"""


def saw(seen: Iterable[Seen]) -> None:
    """Keep what was seen, the last one for each number."""
    rows = list({each.number: each for each in seen}.values())
    if not rows:
        return
    values = {
        "numbers": literal.plain([row.number for row in rows]),
        "operators": literal.texts([row.operator for row in rows]),
        "mccs": literal.texts([row.mcc for row in rows]),
        "mncs": literal.texts([row.mnc for row in rows]),
        "ported": literal.plain(["NULL" if row.ported is None else "ft"[row.ported] for row in rows]),
        "simulated": literal.plain(["ft"[row.simulated] for row in rows]),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SAW, values)


def of(numbers: Sequence[str]) -> Mapping[str, KnownOperator]:
    """Return what is known of these numbers, by number."""
    return KnownOperator.objects.in_bulk(list(numbers))


def forget(number: str) -> None:
    """Forget a number."""
    KnownOperator.objects.filter(number=number).delete()
