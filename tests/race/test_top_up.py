"""Two jobs that top up the same account at once: first with the guards off, to show that it happens; then as the code is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from staffetta.billing import cardpayments, cards, ledger, orders, topup
from staffetta.billing.models import Order, Package, Payment, TopUp
from staffetta.billing.payments import choice
from staffetta.billing.payments.base import Card
from staffetta.lib import clock
from tests.bank import SECRET, RunningBank, running_bank
from tests.db.money import make_package
from tests.people import People, make_people
from tests.race.together import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank(eventually: Callable[..., None], settings) -> Iterator[RunningBank]:
    with running_bank(eventually) as bank:
        settings.TESTBANK_URL, settings.TESTBANK_SECRET, settings.PUBLIC_URL = bank.url, SECRET, bank.events_url
        yield bank


@pytest.fixture
def people() -> People:
    return make_people(0)


def agreed(people: People, package: Package, token: str) -> None:
    card = cards.keep(people.account.pk, "testbank", Card(token, "Visa", "4242", 2040, 12), 0)
    TopUp.objects.create(
        account=people.account,
        package=package,
        card=card,
        threshold_e4=1_000_000,
        month_cents_max=100_000,
        consent="x",
        consent_at=clock.now(),
    )


def kept_token(bank: RunningBank, people: People) -> str:
    """Have the bank keep a card, by a payment of an order of the other account."""
    order = orders.place(people.other_account, people.stranger, make_package().pk, "k")
    payment = cardpayments.start(order.pk, people.stranger, "http://testserver/", save_card=True)
    bank.pay(payment.reference)
    return choice.current().look(payment.reference).card.token


@contextmanager
def without_one_open_top_up() -> Iterator[None]:
    """Put the database's guard aside; the orders made meanwhile are given up before it comes back."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_open_top_up")
    yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_order SET state = 'cancelled' WHERE automatic")
        cursor.execute(
            "CREATE UNIQUE INDEX one_open_top_up ON billing_order (account_id) WHERE automatic AND state IN ('created', 'waiting')"
        )


def look_then_order(people: People, package: Package) -> None:
    """A top-up as one would first write it: is the credit low and nothing ordered yet, then order."""
    if ledger.wallet(people.account.pk).available_e4 < 1_000_000 and not Order.objects.filter(automatic=True).exists():
        orders.place(people.account, None, package.pk, f"top-up-{clock.now()}", automatic=True)


def test_twin_orders_twice(people):
    package = make_package()
    with without_one_open_top_up():
        together(*[lambda: look_then_order(people, package)] * 2, after='FROM "billing_order"', meet_s=30)
        assert Order.objects.filter(automatic=True).count() == 2


def test_twin_is_refused_by_the_database_at_least(people):
    package = make_package()
    together(*[lambda: look_then_order(people, package)] * 2, after='FROM "billing_order"', meet_s=30)
    assert Order.objects.filter(automatic=True).count() == 1


def test_it_buys_once(people, bank):
    token = kept_token(bank, people)
    agreed(people, Package.objects.get(), token)
    together(*[topup.run] * 2, after='FROM "billing_topup"')
    assert Order.objects.filter(automatic=True).count() == 1
    assert Payment.objects.filter(order__automatic=True).count() == 1
    assert ledger.wallet(people.account.pk).balance_e4 == 1_000 * 10_000
