"""One key at once in a single message and in a call that is done once: without the lock both are done, with it one of them."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib import import_module

import pytest
from django.db import connection, transaction

from staffetta.api import bulk, idempotency, operations
from staffetta.api.errors import RepeatUnderWay
from staffetta.api.idempotency import Answer, Call
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.billing import ledger
from staffetta.messaging import offer
from staffetta.messaging.errors import KeyUsedDifferently
from staffetta.messaging.models import Batch
from staffetta.messaging.offer import Asked
from tests.people import make_connector, make_people

pytestmark = pytest.mark.django_db(transaction=True)
PRO = 59
FUNCTION = import_module("staffetta.api.migrations.0002_keys_elsewhere").FUNCTION.replace("CREATE", "CREATE OR REPLACE", 1)
LOCKED = "CASE WHEN staying THEN pg_try_advisory_lock_shared(locks[at]) ELSE pg_try_advisory_xact_lock_shared(locks[at]) END"

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
def looking(function: str) -> Iterator[None]:
    sql(function)
    try:
        yield
    finally:
        sql(FUNCTION)


@pytest.fixture
def caller() -> Principal:
    people = make_people()
    make_connector()
    offer.forget()
    return Principal(people.account.pk, people.owner.pk, key_id=7)


def one(caller: Principal, key: str = "k"):
    (answer,) = operations.send(caller, [Asked(PRO, "+393331234567", "Ciao", "BRUNI", key)])
    return answer


def of_many(caller: Principal) -> Call:
    return Call(caller.account_id, False, "k", "POST /api/v1/batches", b"")


def while_many_are_sent(caller: Principal) -> tuple[object, Answer]:
    """Send one message while a batch under its key is written and not committed; return what both were told."""
    written, go_on = threading.Event(), threading.Event()

    def work() -> Answer:
        bulk.send(caller, [Asked(PRO, "+393337654321", "Ciao", "BRUNI")])
        written.set()
        assert go_on.wait(30)
        return Answer(202, b"{}")

    def many() -> Answer:
        try:
            return idempotency.once(of_many(caller), work)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        batch = pool.submit(many)
        try:
            assert written.wait(30)
            answer = one(caller)
        finally:
            go_on.set()
        return answer, batch.result()


def test_while_many_are_sent_one_with_their_key_is_told_to_wait(caller):
    answer, batch = while_many_are_sent(caller)
    assert (type(answer), batch.status) == (RepeatUnderWay, 202)
    assert Batch.objects.count() == 1
    assert isinstance(one(caller), KeyUsedDifferently)


def sent_while_the_wallet_is_held(caller: Principal, eventually, waiting: int) -> tuple[object, object]:
    """Begin to send one message, then a call with its key that makes nothing but an answer; return what both were told."""

    def many() -> object:
        try:
            return idempotency.once(of_many(caller), lambda: Answer(202, b"{}"))
        except KeyUsedDifferently as refusal:
            return refusal
        finally:
            connection.close()

    def alone() -> object:
        try:
            return one(caller)
        finally:
            connection.close()

    def waits(count: int) -> bool:
        return sql(WAITING)[0][0] == count

    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            ledger.lock_wallets(caller.account_id)
            single = pool.submit(alone)
            eventually(lambda: waits(1), "the message waits for the wallet")
            other = pool.submit(many)
            eventually(lambda: waits(waiting) and (waiting == 2 or other.done()), "the other call waits, or is done")
        return single.result(), other.result()


def test_while_one_is_sent_many_with_its_key_wait_and_are_refused(caller, eventually):
    single, other = sent_while_the_wallet_is_held(caller, eventually, 2)
    assert (type(single), type(other)) == (Sent, KeyUsedDifferently)


def test_the_twin_without_the_lock_does_both(caller, eventually):
    with looking(FUNCTION.replace(LOCKED, "true")):
        single, other = sent_while_the_wallet_is_held(caller, eventually, 1)
    assert (type(single), type(other)) == (Sent, Answer)


def test_locks_of_single_messages_end_with_them(caller):
    one(caller)
    one(caller, "other")
    assert sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()") == [(0,)]
