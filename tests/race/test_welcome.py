"""The free credits, asked for twice at once: first with the guards off, to show that it happens; then as the code is."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from staffetta.accounts.models import Account
from staffetta.billing import ledger, welcome
from staffetta.billing.models import Entry
from tests.people import make_people
from tests.race.together import together

pytestmark = pytest.mark.django_db(transaction=True)
GIFT_E4 = 100_000


@pytest.fixture
def account() -> Account:
    return make_people(0).account


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


@contextmanager
def without_unique_keys() -> Iterator[None]:
    """Put the unique key of entries aside; what was written meanwhile is thrown away, past the ledger's own triggers."""
    sql("ALTER TABLE billing_entry DROP CONSTRAINT one_entry_per_key")
    yield
    sql("SET session_replication_role = replica; TRUNCATE billing_entry; SET session_replication_role = DEFAULT")
    sql("ALTER TABLE billing_entry ADD CONSTRAINT one_entry_per_key UNIQUE (account_id, key)")


def look_then_write(account: Account) -> None:
    """A grant as one would first write it: look whether it was given, then give it."""
    with transaction.atomic():
        if Entry.objects.filter(account=account, key=f"welcome-{account.pk}").exists():
            return
        sql("UPDATE billing_wallet SET balance_e4 = balance_e4 + %s WHERE account_id = %s", GIFT_E4, account.pk)
        balance_e4 = ledger.wallet(account.pk).balance_e4
        Entry.objects.create(
            account=account, kind="grant", key=f"welcome-{account.pk}", amount_e4=GIFT_E4, balance_after_e4=balance_e4, reason="twin"
        )


def test_twin_gives_twice(account):
    with without_unique_keys():
        together(*[lambda: look_then_write(account)] * 2, after='FROM "billing_entry"')
        assert ledger.wallet(account.pk).balance_e4 == 2 * GIFT_E4


def test_twin_is_refused_by_the_database_at_least(account):
    results = together(*[lambda: look_then_write(account)] * 2, after='FROM "billing_entry"')
    assert [type(result) for result in results].count(IntegrityError) == 1
    assert ledger.wallet(account.pk).balance_e4 == GIFT_E4


def test_it_gives_once(account):
    results = together(*[lambda: welcome.grant(account)] * 2, after="FROM billing_wallet")
    assert {type(result) for result in results} == {Entry}
    assert len({result.pk for result in results}) == 1
    assert ledger.wallet(account.pk).balance_e4 == GIFT_E4
