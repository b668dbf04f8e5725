"""An order paid twice at once, and one package bought twice with the last of a code: first with the guard off, then as the code is."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from staffetta.billing import ledger, orders, refunds, transfers
from staffetta.billing.errors import DiscountUsedUp, NotRefundable
from staffetta.billing.models import Discount, Entry, Order, Payment
from staffetta.lib.money import CREDIT_E4
from tests.db.money import make_order, make_package, pay
from tests.people import People, make_people
from tests.race.together import SURELY_S, together

pytestmark = pytest.mark.django_db(transaction=True)
PACKAGE_E4 = 1_000 * CREDIT_E4


@pytest.fixture
def people() -> People:
    return make_people(0)


@pytest.fixture
def payments(people) -> list[Payment]:
    order = make_order(people.account)
    return [orders.begin_payment(order.pk, "testbank", name) for name in ("t1", "t2")]


def sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def without_unique_keys() -> Iterator[None]:
    """Put the unique keys of entries and payments aside; what was written meanwhile is thrown away, past the ledger's own triggers."""
    sql("ALTER TABLE billing_entry DROP CONSTRAINT one_entry_per_key")
    sql("DROP INDEX one_payment_pays")
    yield
    sql("SET session_replication_role = replica; TRUNCATE billing_entry, billing_payment CASCADE; SET session_replication_role = DEFAULT")
    sql("ALTER TABLE billing_entry ADD CONSTRAINT one_entry_per_key UNIQUE (account_id, key)")
    sql(
        "CREATE UNIQUE INDEX one_payment_pays ON billing_payment (order_id)"
        " WHERE state IN ('succeeded', 'refunding', 'refunded') AND NOT surplus"
    )


def look_then_pay(payment: Payment) -> None:
    """Pay an order as one would first write it: look whether it is paid, then credit it."""
    with transaction.atomic():
        order = Order.objects.get(pk=payment.order_id)
        if order.state == "paid":
            return
        Payment.objects.filter(pk=payment.pk).update(state="succeeded")
        sql(f"UPDATE billing_wallet SET balance_e4 = balance_e4 + {PACKAGE_E4} WHERE account_id = {order.account_id}")
        balance_e4 = ledger.wallet(order.account_id).balance_e4
        Entry.objects.create(
            account_id=order.account_id,
            kind="purchase",
            key=f"order-{order.pk}",
            amount_e4=PACKAGE_E4,
            balance_after_e4=balance_e4,
            reason="-",
        )
        Order.objects.filter(pk=order.pk).update(state="paid", paid_at="2026-11-22T12:00Z")


def test_twin_credits_twice(people, payments):
    with without_unique_keys():
        together(*[lambda payment=payment: look_then_pay(payment) for payment in payments], after='FROM "billing_order"', meet_s=SURELY_S)
        assert ledger.wallet(people.account.pk).balance_e4 == 2 * PACKAGE_E4


def test_twin_is_refused_by_the_database_at_least(people, payments):
    results = together(
        *[lambda payment=payment: look_then_pay(payment) for payment in payments], after='FROM "billing_order"', meet_s=SURELY_S
    )
    assert [type(result) for result in results].count(IntegrityError) == 1
    assert ledger.wallet(people.account.pk).balance_e4 == PACKAGE_E4


def test_two_payments_at_once_credit_once(people, payments):
    results = together(*[lambda payment=payment: orders.payment_succeeded(payment.pk) for payment in payments], after="FOR UPDATE")
    assert {type(result) for result in results} == {Order}
    assert ledger.wallet(people.account.pk).balance_e4 == PACKAGE_E4
    assert sorted(Payment.objects.values_list("surplus", flat=True)) == [False, True]


def test_one_payment_told_twice_at_once_credits_once(people, payments):
    together(*[lambda: orders.payment_succeeded(payments[0].pk)] * 3, after="FOR UPDATE")
    assert ledger.wallet(people.account.pk).balance_e4 == PACKAGE_E4
    assert not Payment.objects.filter(surplus=True).exists()


def test_the_last_use_of_a_code_goes_to_one(people):
    Discount.objects.create(code="UNO", off_bp=1_000, uses_max=1)
    package = make_package()
    buyers = [(people.account, people.owner, "a"), (people.other_account, people.stranger, "b")]
    results = together(
        *[lambda each=each: orders.place(each[0], each[1], package.pk, each[2], " u no ") for each in buyers],
        after='FROM "billing_discount"',
    )
    assert sorted(type(result).__name__ for result in results) == [DiscountUsedUp.__name__, "Order"]


def test_a_refund_asked_for_twice_at_once_is_one(people):
    order = make_order(people.account)
    pay(order)
    results = together(*[lambda: refunds.refund(order.pk, None, "doppio clic")] * 2, after="FOR UPDATE")
    assert sorted(type(result).__name__ for result in results) == [NotRefundable.__name__, "Order"]
    assert ledger.wallet(people.account.pk).balance_e4 == 0


def test_two_accounts_moving_to_each_other_never_wait_for_ever(people):
    for account in (people.account, people.other_account):
        pay(make_order(account))
    link = transfers.ask(people.account, people.owner, "stranger")
    transfers.agree(people.other_account, people.stranger, link.pk)
    moves = [
        lambda: transfers.move(people.account, people.other_account.pk, CREDIT_E4, people.owner, "k"),
        lambda: transfers.move(people.other_account, people.account.pk, 3 * CREDIT_E4, people.stranger, "k"),
    ]
    results = together(*moves, after="FOR UPDATE")
    assert {type(result).__name__ for result in results} == {"CreditTransfer"}
    assert ledger.wallet(people.account.pk).balance_e4 == PACKAGE_E4 + 2 * CREDIT_E4
    assert all(books.agree for books in ledger.books())
