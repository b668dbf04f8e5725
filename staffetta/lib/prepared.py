"""Statements that the server keeps planned: for those that run hundreds of times a second. Knows no tables.

Django's cursors put the values into the text, so that each is parsed and planned anew; that is a third of a group commit.
"""

from typing import Any

import psycopg
from django.db import connection


def rows(sql: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run one statement on Django's connection, inside its transaction, and return its rows; raises as Django's cursors do.

    Every value needs its type in the text: %(ids)s::bigint[].
    """
    with connection.wrap_database_errors, _run(sql, given) as cursor:
        return cursor.fetchall()


def run(sql: str, given: dict[str, Any]) -> None:
    """Run one statement that returns nothing, as `rows` does."""
    with connection.wrap_database_errors:
        _run(sql, given).close()


def _run(sql: str, given: dict[str, Any]) -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    connection.connection.prepare_threshold = 5  # Django switches the keeping of plans off, also for who asks for it
    cursor = psycopg.Cursor(connection.connection)
    cursor.execute(sql, given, prepare=True)
    return cursor
