"""Many small charges at once: whatever accounts, amounts and order, the same are paid as by the plain walk over every wallet."""

from importlib import import_module
from random import Random

import pytest
from django.db import connection, transaction

from staffetta.accounts.models import Account
from staffetta.billing import ledger
from staffetta.billing.models import Entry, Wallet
from staffetta.lib import literal

pytestmark = pytest.mark.django_db
PLAIN = import_module("staffetta.billing.migrations.0013_charge_at_once").FUNCTION.replace("billing_charge_at_once", "charge_plainly", 1)


@pytest.fixture
def accounts() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(PLAIN)
    made = [Account.objects.create(name=f"Cliente {n}").pk for n in range(6)]
    for n, account_id in enumerate(made[:5]):  # the last has no wallet
        ledger.open_wallet(account_id)
        if n:
            ledger.credit(account_id, n * 100, "grant", "test", "for the tests")
            ledger.hold(account_id, n * 10, "held")
    return made


def outcome(function: str, charges: list[tuple[int, int]]) -> tuple[object, ...]:
    """Charge, and take it back again; return who was paid for, the wallets, and the entries."""
    places, amounts = literal.numbers([account for account, _ in charges]), literal.numbers([amount for _, amount in charges])
    keys = literal.plain([f"charge-{place}" for place in range(len(charges))])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s::bigint[], %s::bigint[], %s::text[], 'SMS')", [places, amounts, keys])
            (paid,) = cursor.fetchone()
        entries = Entry.objects.filter(kind="charge").order_by("pk").values_list("account_id", "key", "amount_e4", "balance_after_e4")
        found = (paid, list(Wallet.objects.order_by("pk").values_list("account_id", "balance_e4", "held_e4")), list(entries))
        assert all(books.agree for books in ledger.books())
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_the_same_are_paid(accounts, seed):
    random = Random(seed)
    charges = [(random.choice(accounts), random.choice([1, 15, 40, 90, 200])) for _ in range(random.randrange(40))]
    found = outcome(ledger.CHARGE_AT_ONCE, charges)
    assert found == outcome("charge_plainly", charges)
    assert len(found[0]) == len(charges)
