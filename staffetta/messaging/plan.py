"""How the database shall join sets to the line's tables: by index. Knows no tables."""

from django.db import connection

_BY_INDEX = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL enable_material = off; SET LOCAL jit = off"


def by_index() -> None:
    """For the rest of this transaction, look rows up one by one by index.

    These tables grow by tens of thousands of rows a second, so their statistics are always too old: the planner then reads
    the whole table for a set of a few thousand rows (3,300 messages a second instead of 20,000 at 100,000 in the table).
    """
    with connection.cursor() as cursor:
        cursor.execute(_BY_INDEX)
