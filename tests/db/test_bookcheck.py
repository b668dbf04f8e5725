"""The nightly look at the books: silent where they agree; an alarm that rings where they do not."""

import logging

import pytest
from django.db import connection

from staffetta.accounts import mailbox, operator
from staffetta.billing import bookcheck

pytestmark = pytest.mark.django_db


def test_it_is_silent_where_all_agree(people, caplog):
    assert bookcheck.run() == []
    assert caplog.records == []


def test_it_rings_where_a_balance_was_changed_past_the_ledger(people, caplog, settings, tmp_path):
    settings.HOME = tmp_path
    settings.EMAIL_BACKEND = "staffetta.accounts.mailbox.EmailBackend"
    operator.change(email="gestore@example.it")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_wallet SET balance_e4 = balance_e4 + 1 WHERE account_id = %s", [people.account.pk])
    with caplog.at_level(logging.ERROR):
        (wrong,) = bookcheck.run()
    assert wrong.account_id == people.account.pk
    assert f"account {people.account.pk}" in caplog.text
    (kept,) = mailbox.latest(10)
    assert kept.to == "gestore@example.it"
    assert "10.000.001 / 10.000.000" in kept.text
