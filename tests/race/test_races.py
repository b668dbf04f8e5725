"""Each race with its twin: first with the guard off, to show that it happens; then as the code is."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from staffetta.billing import ledger
from staffetta.billing.errors import NotEnoughCredit
from staffetta.billing.ledger import HoldAlreadyResolved
from staffetta.billing.models import Entry, Hold, Wallet
from staffetta.carriers.models import Connector
from staffetta.messaging import accept, claim, compose, settle
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.models import Batch, Draft
from tests.db.line import answer, claim_and_begin, expand_all
from tests.people import People, make_connector, make_group, make_people, sms_type
from tests.race.together import together

pytestmark = pytest.mark.django_db(transaction=True)
CREDIT = 10_000


@pytest.fixture
def people() -> People:
    return make_people(100)


def sql(statement: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def without(table: str, kind: str, name: str) -> Iterator[None]:
    """Put a constraint of the database aside for a while (NOT VALID afterwards: what the race left behind stays)."""
    (definition,) = sql("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", name)[0]
    sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    sql(f"TRUNCATE {table} CASCADE") if kind == "unique" else None
    sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" + (" NOT VALID" if kind == "check" else ""))


@contextmanager
def without_index(table: str, name: str) -> Iterator[None]:
    """Put a unique index aside for a while; the table is emptied before it comes back."""
    ((definition,),) = sql("SELECT indexdef FROM pg_indexes WHERE indexname = %s", name)
    sql(f"DROP INDEX {name}")
    yield
    sql(f"TRUNCATE {table} CASCADE")
    sql(definition)


# Two holds of 60 credits at once, of 100.


def hold_read_then_write(account_id: int) -> None:
    """A hold as one would first write it: look, then write."""
    with transaction.atomic():
        if Wallet.objects.get(account_id=account_id).available_e4 < 60 * CREDIT:
            raise NotEnoughCredit(needed="60", available="less")
        sql("UPDATE billing_wallet SET held_e4 = held_e4 + %s WHERE account_id = %s", 60 * CREDIT, account_id)


def test_hold_twin_overspends(people):
    account = people.account.pk
    with without("billing_wallet", "check", "credit_never_negative"):
        together(*[lambda: hold_read_then_write(account)] * 2, after="SELECT")
        assert ledger.wallet(account).available_e4 == -20 * CREDIT
    sql("UPDATE billing_wallet SET held_e4 = 0")


def test_hold_twin_is_refused_by_the_database_at_least(people):
    results = together(*[lambda: hold_read_then_write(people.account.pk)] * 2, after="SELECT")
    assert [type(result) for result in results].count(IntegrityError) == 1
    assert ledger.wallet(people.account.pk).available_e4 == 40 * CREDIT


def test_hold_never_overspends(people):
    account = people.account.pk
    results = together(*[lambda key=key: ledger.hold(account, 60 * CREDIT, key) for key in "ab"], after="UPDATE billing_wallet")
    assert {type(result) for result in results} == {Hold, NotEnoughCredit}
    assert ledger.wallet(account).available_e4 == 40 * CREDIT


# One hold charged by two at once.


def charge_read_then_write(hold_id: int) -> None:
    hold = Hold.objects.get(pk=hold_id)
    if hold.state == "open":
        Hold.objects.filter(pk=hold_id).update(state="charged", charged_e4=hold.amount_e4, resolved_at=hold.created_at)
        sql("UPDATE billing_wallet SET balance_e4 = balance_e4 - %s WHERE account_id = %s", hold.amount_e4, hold.account_id)


def test_charge_twin_charges_twice(people):
    hold = ledger.hold(people.account.pk, 30 * CREDIT, "h")
    sql("ALTER TABLE billing_hold DISABLE TRIGGER hold_resolved_once")
    together(*[lambda: charge_read_then_write(hold.pk)] * 2, after="SELECT")
    sql("ALTER TABLE billing_hold ENABLE TRIGGER hold_resolved_once")
    assert ledger.wallet(people.account.pk).balance_e4 == 40 * CREDIT


def test_charge_twin_is_refused_by_the_database_at_least(people):
    hold = ledger.hold(people.account.pk, 30 * CREDIT, "h")
    results = together(*[lambda: charge_read_then_write(hold.pk)] * 2, after="SELECT")
    assert [type(result) for result in results].count(IntegrityError) == 1
    assert ledger.wallet(people.account.pk).balance_e4 == 70 * CREDIT


def test_charge_charges_once(people):
    hold = ledger.hold(people.account.pk, 30 * CREDIT, "h")
    results = together(*[lambda: ledger.charge(hold.pk, 20 * CREDIT, "test")] * 2, after="UPDATE billing_hold")
    assert sorted(type(result).__name__ for result in results) == ["HoldAlreadyResolved", "NoneType"]
    assert ledger.wallet(people.account.pk).balance_e4 == 80 * CREDIT
    assert all(books.agree for books in ledger.books())


# The same credit twice at once.


def test_credit_twin_credits_twice(people):
    def credit() -> None:
        with transaction.atomic():
            if not Entry.objects.filter(account=people.account, key="order-1").exists():
                sql("UPDATE billing_wallet SET balance_e4 = balance_e4 + %s WHERE account_id = %s", 5 * CREDIT, people.account.pk)

    together(credit, credit, after="SELECT")
    assert ledger.wallet(people.account.pk).balance_e4 == 110 * CREDIT


def test_credit_is_added_once_per_key(people):
    account = people.account.pk
    results = together(*[lambda: ledger.credit(account, 5 * CREDIT, "purchase", "order-1", "order 1")] * 2, after="FOR UPDATE")
    assert results[0] == results[1]
    assert ledger.wallet(account).balance_e4 == 105 * CREDIT


# One draft accepted twice at once.


def ready(people: People) -> Draft:
    make_connector()
    group = make_group(people.account, 3)
    return compose.prepare(SendRequest(people.account.pk, sms_type("PRO"), "Ciao", "BRUNI", (group.pk,)))


def test_accept_twin_takes_the_send_twice(people, monkeypatch):
    monkeypatch.setattr(compose, "state_locked", lambda draft: Draft.objects.get(pk=draft.pk).state)
    draft = ready(people)
    Draft.objects.filter(pk=draft.pk).update(state="ready")
    with (
        without("messaging_batch", "unique", "one_batch_per_key"),
        without_index("messaging_batch", "one_batch_per_draft"),
        without("billing_hold", "none", "one_hold_per_key"),
    ):
        together(*[lambda: accept.accept(draft)] * 2, after='FROM "messaging_batch"')
        assert Batch.objects.count() == 2
        sql("SET session_replication_role = replica")
        sql("DELETE FROM billing_hold")
        sql("SET session_replication_role = DEFAULT")


def test_accept_takes_a_send_once(people):
    draft = ready(people)
    first, second = together(*[lambda: accept.accept(draft)] * 2, after='FROM "messaging_batch"')
    assert first == second
    assert Batch.objects.count() == 1
    assert ledger.wallet(people.account.pk).held_e4 == 3 * 15_000


# One chunk claimed by two gateways at once.


def claimed_by_two(people: People) -> list[int]:
    accept.accept(ready(people))
    connector = Connector.objects.get()
    expand_all()
    chunks = together(*[lambda gw=gw: claim.claim(connector.pk, gw, 100, []) for gw in ("gw1", "gw2")], after="FROM messaging_chunk c JOIN")
    return [message.id for chunk in chunks if chunk for message in chunk.messages]


def test_claim_twin_leases_one_chunk_to_two(people, monkeypatch):
    monkeypatch.setattr(claim, "_PICK", claim._PICK.replace("FOR UPDATE OF c SKIP LOCKED", ""))
    ids = claimed_by_two(people)
    assert len(ids) == 6
    assert len(set(ids)) == 3


def test_claim_leases_a_chunk_once(people):
    ids = claimed_by_two(people)
    assert len(ids) == len(set(ids)) == 3


# One batch settled by two at once.


def settled_by_two(people: People) -> list[object]:
    accept.accept(ready(people))
    connector = Connector.objects.get()
    expand_all()
    answer(connector, claim_and_begin(connector))
    return together(settle.settle, settle.settle, after="b.settling_at <")


def test_settle_twin_would_charge_twice_but_for_the_hold(people, monkeypatch):
    monkeypatch.setattr(settle, "_NEXT", settle._NEXT.replace("FOR UPDATE OF b SKIP LOCKED", ""))
    results = settled_by_two(people)
    assert [type(result) for result in results].count(HoldAlreadyResolved) == 1
    assert ledger.wallet(people.account.pk).balance_e4 == 100 * CREDIT - 3 * 15_000


def test_settle_settles_once(people):
    assert sorted(settled_by_two(people)) == [False, True]
    assert Entry.objects.filter(account=people.account, kind="charge").count() == 1
    assert all(books.agree for books in ledger.books())
