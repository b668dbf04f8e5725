"""What the database itself refuses of the ledger, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from staffetta.billing import ledger
from staffetta.billing.errors import AmountRefused, NotEnoughCredit
from staffetta.billing.ledger import HoldAlreadyResolved
from staffetta.billing.models import Entry
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people(100)


def test_it_works(people):
    hold = ledger.hold(people.account.pk, 300_000, "h")
    assert ledger.wallet(people.account.pk).available_e4 == 700_000
    ledger.charge(hold.pk, 120_000, "send 1")
    wallet = ledger.wallet(people.account.pk)
    assert (wallet.balance_e4, wallet.held_e4) == (880_000, 0)
    entry = Entry.objects.filter(account=people.account).latest("id")
    assert (entry.kind, entry.amount_e4, entry.balance_after_e4, entry.reason) == ("charge", -120_000, 880_000, "send 1")
    assert all(books.agree for books in ledger.books())


def test_release_gives_all_back_without_an_entry(people):
    hold = ledger.hold(people.account.pk, 300_000, "h")
    ledger.release(hold.pk)
    assert ledger.wallet(people.account.pk).available_e4 == 1_000_000
    assert not Entry.objects.filter(kind="charge").exists()
    with pytest.raises(HoldAlreadyResolved):
        ledger.charge(hold.pk, 1, "late")


def test_it_is_idempotent(people):
    first = ledger.credit(people.account.pk, 50_000, "purchase", "order-1", "order 1")
    assert ledger.credit(people.account.pk, 50_000, "purchase", "order-1", "order 1") == first
    assert ledger.wallet(people.account.pk).balance_e4 == 1_050_000


def test_refusals(people):
    with pytest.raises(NotEnoughCredit) as refused:
        ledger.hold(people.account.pk, 1_200_000, "h")
    assert refused.value.values == {"needed": "120", "available": "100"}
    with pytest.raises(AmountRefused):
        ledger.credit(people.account.pk, 0, "purchase", "x", "")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_wallet SET held_e4 = balance_e4 + 1 WHERE account_id = {account}",
        "UPDATE billing_wallet SET balance_e4 = -1 WHERE account_id = {account}",
        "DELETE FROM billing_wallet WHERE account_id = {account}",
        "UPDATE billing_entry SET amount_e4 = 1",
        "UPDATE billing_entry SET reason = 'nicer'",
        "DELETE FROM billing_entry",
        "INSERT INTO billing_entry (account_id, kind, key, amount_e4, balance_after_e4, reason, created_at)"
        " SELECT account_id, kind, key, amount_e4, balance_after_e4, reason, now() FROM billing_entry",
        "INSERT INTO billing_entry (account_id, kind, key, amount_e4, balance_after_e4, reason, created_at)"
        " VALUES ({account}, 'charge', 'k', -5, -5, '', now())",
        "UPDATE billing_hold SET amount_e4 = 1 WHERE key = 'open'",
        "UPDATE billing_hold SET state = 'charged', charged_e4 = amount_e4 + 1, resolved_at = now() WHERE key = 'open'",
        "UPDATE billing_hold SET state = 'charged' WHERE key = 'open'",
        "UPDATE billing_hold SET state = 'open', resolved_at = NULL WHERE key = 'done'",
        "UPDATE billing_hold SET charged_e4 = 1 WHERE key = 'done'",
        "DELETE FROM billing_hold",
        "INSERT INTO billing_hold (account_id, key, amount_e4, charged_e4, state, created_at) VALUES ({account}, 'open', 1, 0, 'open', now())",
    ],
)
def test_the_database_refuses(people, statement):
    ledger.hold(people.account.pk, 10_000, "open")
    ledger.release(ledger.hold(people.account.pk, 10_000, "done").pk)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(account=people.account.pk))


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_empty_the_ledger():
    make_people(100)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("TRUNCATE billing_entry")
    assert Entry.objects.count() == 1
