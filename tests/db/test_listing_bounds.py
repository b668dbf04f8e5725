"""The list of an account's messages reads no more of the archive than a page has, also where the period asked for lies far back."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from staffetta.lib import clock
from staffetta.messaging import listing
from staffetta.messaging.models import Batch
from tests.db.line import accepted
from tests.people import People

pytestmark = pytest.mark.django_db
SENDS = 400


@pytest.fixture
def archive(people: People, connector) -> None:
    """Single messages of programs, one an hour, written as copies of one."""
    model = accepted(people, 1)
    columns = [field.column for field in Batch._meta.fields]
    other = {
        **{"id": "b.id + n", "key": "'k' || n", "first_id": "b.first_id + n", "hold_id": "NULL", "draft_id": "NULL", "state": "'settled'"},
        **{name: f"b.{name} - n * interval '1 hour'" for name in ("created_at", "send_at")},
    }
    values = ", ".join(other.get(name, f"b.{name}") for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO messaging_batch ({', '.join(columns)}) SELECT {values} FROM messaging_batch b, generate_series(1, %s) n WHERE b.id = %s",
            [SENDS, model.pk],
        )
        cursor.execute(
            "INSERT INTO messaging_message (id, batch_id, account_id, cost_e4, parts, state, number)"
            " SELECT first_id, id, account_id, 1, 1, 'delivered', '+393330000001' FROM messaging_batch WHERE id > %s",
            [model.pk],
        )
        cursor.execute("ANALYZE messaging_batch")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def read_of_sends(account_id: int, **period: Any) -> int:
    """Return how many rows of sends the statements of a page read, those that a filter throws away among them."""
    read = 0

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal read
        if "planned AS" in sql:
            execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params, many, context)
            told = context["cursor"].fetchone()[0]
            (found,) = told if isinstance(told, list) else json.loads(told)
            scans = [node for node in nodes(found["Plan"]) if node.get("Relation Name") == "messaging_batch"]
            assert scans
            read += sum((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in scans)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        found, after = listing.newest(account_id, period.get("since"), period.get("until"), None, 10)
    assert len(found) == 10
    assert after is not None
    return read


def test_a_page_of_long_ago_reads_no_more_than_one_of_today(people, archive):
    ago = clock.now() - timedelta(hours=SENDS - 50)
    today = read_of_sends(people.account.pk)
    assert 20 <= today <= 50  # two statements, eleven sends each
    assert read_of_sends(people.account.pk, until=ago) <= today
    assert read_of_sends(people.account.pk, until=ago, since=ago - timedelta(hours=30)) <= today
