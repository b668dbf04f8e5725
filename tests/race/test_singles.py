"""Two groups of single messages of one account at the same moment: first with the wallet unlocked, to show what happens; then as it is."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.db import connection

from staffetta.billing import ledger
from staffetta.billing.models import Entry
from staffetta.messaging import singles
from staffetta.messaging.singles import Accepted
from tests.db.test_singles import COST_E4, single
from tests.people import make_connector, make_people

pytestmark = pytest.mark.django_db(transaction=True)
FUNCTION = import_module("staffetta.billing.migrations.0014_charge_in_one_walk").FUNCTION.replace("CREATE", "CREATE OR REPLACE", 1)
MEETING = "PERFORM pg_advisory_xact_lock_shared(4711); left_e4 := wallet.balance_e4;"

# Of this database alone: others on the same server have races of their own.
WAITING = """
SELECT count(DISTINCT w.pid) FROM pg_locks w WHERE NOT w.granted AND EXISTS (
    SELECT 1 FROM pg_locks h JOIN pg_database d ON d.oid = h.database WHERE h.pid = w.pid AND d.datname = current_database())
"""


def sql(statement: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def charging(function: str) -> Iterator[None]:
    """Put the ledger's function in place of its own, with a meeting after it has read a wallet."""
    sql(function.replace("left_e4 := wallet.balance_e4;", MEETING, 1))
    sql("SELECT pg_advisory_lock(4711)")
    try:
        yield
    finally:
        sql("SELECT pg_advisory_unlock_all()")
        sql(FUNCTION)


def two_at_once(eventually, credit_for: int) -> list[int]:
    """Let two accept one message each, with credit for so many; return how many were accepted by each."""
    people, connector = make_people(), make_connector()
    ledger.hold(people.account.pk, 10_000_000 - credit_for * COST_E4, "other")

    def accept(n: int) -> int:
        try:
            return sum(isinstance(each, Accepted) for each in singles.accept([single(people, connector, n)]))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        calls: list[Future[int]] = [pool.submit(accept, n) for n in (1, 2)]
        eventually(
            lambda: sql(WAITING)[0][0] == 2,
            "two that wait",
        )
        sql("SELECT pg_advisory_unlock(4711)")
        return [call.result() for call in calls]


def balances_written() -> set[int]:
    return set(Entry.objects.filter(kind="charge").values_list("balance_after_e4", flat=True))


def test_without_its_lock_a_wallet_is_charged_from_the_same_balance_twice(eventually):
    with charging(FUNCTION.replace(" FOR UPDATE", "")):
        assert two_at_once(eventually, 2) == [1, 1]
    assert balances_written() == {10_000_000 - COST_E4}


def test_each_charge_goes_on_from_the_one_before(eventually):
    with charging(FUNCTION):
        assert two_at_once(eventually, 2) == [1, 1]
    assert balances_written() == {10_000_000 - COST_E4, 10_000_000 - 2 * COST_E4}
    assert all(books.agree for books in ledger.books())


def test_a_wallet_pays_once(eventually):
    with charging(FUNCTION):
        assert sorted(two_at_once(eventually, 1)) == [0, 1]
    assert all(books.agree for books in ledger.books())
