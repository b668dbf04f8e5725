"""The automatic top-up where the staff give back, a bank was silent, a mail cannot be written, or somebody pays by hand."""

from datetime import timedelta

import pytest
from django.core.mail.backends.base import BaseEmailBackend

from staffetta.billing import adjustments, cardpayments, refunds, topup
from staffetta.billing.models import Order
from staffetta.lib import clock
from tests.db.money import make_package
from tests.db.test_kept_cards import PRICE_CENTS, REFUSED_LATER, WANTS_CUSTOMER, automatic, keep_card, set_up, spend, tomorrow

pytestmark = pytest.mark.django_db


class NoRoom(BaseEmailBackend):
    """A mailbox that takes nothing."""

    def send_messages(self, messages):
        raise OSError("no room for the mail")


@pytest.fixture(autouse=True)
def owner_mail(people):
    people.owner.email = "titolare@example.it"
    people.owner.save()


def subjects(mailoutbox, word: str) -> list[str]:
    return [message.subject for message in mailoutbox if word in message.subject]


def test_what_the_staff_give_back_is_not_bought_again_at_once(people, bank, mailoutbox):
    set_up(people, keep_card(people, bank), month_max="183,00")
    spend(people)
    assert topup.run() == 1
    refunds.refund(automatic()[0].pk, None, "by mistake")
    assert [topup.run(), topup.run()] == [0, 0]
    assert len(automatic()) == 1
    assert len(subjects(mailoutbox, "waits a day") + subjects(mailoutbox, "aspetta un giorno")) == 1
    assert topup.month_spent_cents(people.account.pk) == PRICE_CENTS


def test_what_the_staff_gave_back_counts_in_the_months_sum(people, bank):
    card = keep_card(people, bank)
    set_up(people, card, month_max="100,00")
    spend(people)
    topup.run()
    refunds.refund(automatic()[0].pk, None, "by mistake")
    set_up(people, card, month_max="100,00")  # by which the customer says not to wait
    assert topup.run() == 0
    assert [order.state for order in automatic()] == ["refunded", "cancelled"]


def test_it_goes_on_a_day_after_the_staff_took_credits(people, bank, monkeypatch):
    set_up(people, keep_card(people, bank))
    adjustments.adjust(people.account, -19_000_000, "errore", None, "a1")
    assert topup.run() == 0
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=23))
    assert topup.run() == 0
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=25))
    assert topup.run() == 1


def test_it_goes_on_at_once_where_the_customer_agrees_anew(people, bank):
    card = keep_card(people, bank)
    set_up(people, card)
    adjustments.adjust(people.account, -19_000_000, "errore", None, "a1")
    assert topup.run() == 0
    set_up(people, card)
    assert topup.run() == 1


@pytest.mark.parametrize("change", ["nothing", "package"])
def test_agreeing_anew_after_a_silent_bank_buys_once(people, bank, settings, change):
    card = keep_card(people, bank)
    set_up(people, card)
    spend(people)
    settings.TESTBANK_URL = "http://127.0.0.1:1"
    assert topup.run() == 0
    settings.TESTBANK_URL = bank.url
    package = automatic()[0].package if change == "nothing" else make_package(credits=2_000, price_cents=14_000, name="Bottega")
    topup.set_up(people.account, people.owner, package.pk, card.pk, "500", "1.000,00", True)
    assert topup.run() == 1
    assert [order.state for order in automatic()] == (["paid"] if change == "nothing" else ["cancelled", "paid"])


def test_what_the_customer_tried_by_hand_does_not_stop_it(people, bank):
    card = keep_card(people, bank, REFUSED_LATER)
    set_up(people, card)
    spend(people)
    topup.run()
    (order,) = automatic()
    for _ in range(3):
        assert cardpayments.charge_kept(order.pk, people.account, card.pk).state == "refused"
    topup.run()
    row = topup.of(people.account)
    assert (row.active, row.failures) == (True, 1)
    tomorrow(people)
    topup.run()
    assert topup.of(people.account).failures == 2


def test_a_mail_that_cannot_be_written_is_written_later(people, bank, mailoutbox, settings):
    set_up(people, keep_card(people, bank, WANTS_CUSTOMER))
    spend(people)
    working, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{__name__}.NoRoom"
    assert topup.run() == 0
    assert topup.of(people.account).active
    settings.EMAIL_BACKEND = working
    assert topup.run() == 0
    assert not topup.of(people.account).active
    assert len([message for message in mailoutbox if str(Order.objects.latest("pk").pk) in message.body]) == 1
