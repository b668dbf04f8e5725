"""Write messages and the chunks they wait in, in sets. The one place of both statements: expand.py and many.py say what is in them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from staffetta.lib import literal

CHUNK = 2_000


class Row(NamedTuple):
    """One message to be written: `text` is None where the batch's own is meant."""

    number: str
    text: str | None
    parts: int
    cost_e4: int


_INSERT = """
INSERT INTO messaging_message (id, batch_id, account_id, cost_e4, parts, state, number, text)
SELECT g.id, %(batch)s, %(account)s, g.cost_e4, g.parts, %(state)s, g.number, g.text
FROM unnest(%(ids)s::bigint[], %(costs)s::int[], %(parts)s::smallint[], %(numbers)s::text[], %(texts)s::text[]) AS g(id, cost_e4, parts, number, text)
"""
# Looking for conflicts costs half as much again: it is done only where a number was edited from one contact to another meanwhile.
_INSERT_NEW_ONES = _INSERT + "ON CONFLICT DO NOTHING"

_CHUNKS = """
INSERT INTO messaging_chunk (batch_id, account_id, connector_id, lane, first_id, last_id, due_at)
SELECT %(batch)s, %(account)s, g.connector_id, %(lane)s, g.first_id, g.last_id, %(due)s
FROM unnest(%(connectors)s::int[], %(firsts)s::bigint[], %(lasts)s::bigint[]) AS g(connector_id, first_id, last_id)
"""


def messages(batch_id: int, account_id: int, state: str, first_id: int, rows: Sequence[Row]) -> int:
    """Write messages with ids from `first_id` on; return how many are new: a number that the batch has already is left out."""
    numbers, texts, parts, costs = zip(*rows, strict=True)
    given: dict[str, int | str] = {
        "batch": batch_id,
        "account": account_id,
        "state": state,
        "ids": literal.numbers(range(first_id, first_id + len(rows))),
        "costs": literal.numbers(costs),
        "parts": literal.numbers(parts),
        "numbers": literal.plain(numbers),
        "texts": literal.texts(texts),
    }
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute(_INSERT, given)
        except IntegrityError:
            cursor.execute(_INSERT_NEW_ONES, given)
        written: int = cursor.rowcount
    return written


def chunks(batch_id: int, account_id: int, lane: int, due: datetime, first_id: int, connectors: Sequence[int]) -> None:
    """Write the chunks of messages with ids from `first_id` on; `connectors` has that of each, those of one beside each other."""
    found = list(_chunks(connectors, first_id))
    with connection.cursor() as cursor:
        cursor.execute(
            _CHUNKS,
            {
                "batch": batch_id,
                "account": account_id,
                "lane": lane,
                "due": due,
                "connectors": literal.numbers([connector for connector, _, _ in found]),
                "firsts": literal.numbers([low for _, low, _ in found]),
                "lasts": literal.numbers([high for _, _, high in found]),
            },
        )


def _chunks(connectors: Sequence[int], first_id: int) -> Iterator[tuple[int, int, int]]:
    low = first_id
    for connector, run in groupby(connectors):
        end = low + sum(1 for _ in run)
        for start in range(low, end, CHUNK):
            yield connector, start, min(start + CHUNK, end) - 1
        low = end
