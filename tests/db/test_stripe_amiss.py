"""Stripe where it says no, waits, or makes no sense: in words to the customer, noticed by the staff, and never in the way of other payments."""

import json
import time
from collections.abc import Iterator

import pytest

from staffetta.accounts.models import AuditLine
from staffetta.billing import cardcare, cardnotices, cardpayments, cards, orders, refunds
from staffetta.billing.models import Payment
from staffetta.billing.payments import choice
from staffetta.billing.payments.base import Asked, Card, Unknown
from staffetta.billing.payments.errors import CardNotTaken, CardSumTooSmall
from staffetta.billing.payments.signature import signed
from staffetta.lib import clock
from tests.db.cardpaying import new_order
from tests.db.money import make_order, make_package
from tests.db.portal import browser, text
from tests.db.strangestripe import StrangeStripe, strange_stripe

pytestmark = pytest.mark.django_db
SECRET = "whsec_prova"
CENTS = 9_150


@pytest.fixture
def strange(settings) -> Iterator[StrangeStripe]:
    with strange_stripe() as server:
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_BASE = "sk_test_12345", SECRET, server.url
        settings.TESTBANK_URL = ""
        yield server


def paid(people, reference: str = "pi_1", key: str = "k1") -> Payment:
    order = new_order(people, key)
    payment = orders.begin_payment(order.pk, "stripe", reference)
    orders.payment_succeeded(payment.pk)
    return payment


def started(people, reference: str, key: str, **age: int) -> Payment:
    payment = orders.begin_payment(new_order(people, key).pk, "stripe", reference)
    Payment.objects.filter(pk=payment.pk).update(created_at=clock.now() - cardcare.timedelta(**age))
    return payment


def state(payment: Payment) -> str:
    return Payment.objects.get(pk=payment.pk).state


def told(kind: str, event_id: str, **about: str) -> bytes:
    body = json.dumps({"id": event_id, "object": "event", "type": kind, "created": int(time.time()), "data": {"object": about}}).encode()
    headers = {"Stripe-Signature": signed(SECRET, body)}
    answer = browser().post("/payments/events/stripe/", body, content_type="application/json", headers=headers)
    assert answer.status_code == 200
    return answer.content


def test_what_it_does_not_take_is_refused_in_words(people, strange):
    order, client = new_order(people), browser(people.owner)
    assert client.post(f"/orders/{order.pk}/card/").headers["Location"] == f"/orders/{order.pk}/"
    assert "did not take this payment, and nothing was charged" in text(client.get(f"/orders/{order.pk}/"))
    with pytest.raises(CardNotTaken):
        cardpayments.start(order.pk, people.owner, "http://testserver/", save_card=True)
    with pytest.raises(Unknown):
        choice.current().look("pi_1")


def test_a_sum_below_its_least_is_refused_in_words(people, strange):
    order = make_order(people.account, make_package(credits=5, price_cents=40, name="Minimo"))
    with pytest.raises(CardSumTooSmall, match="0,49"):
        cardpayments.start(order.pk, people.owner, "http://testserver/")
    seen = choice.current().charge(Asked("key", order.pk, people.account.pk, 49, "x", "it"), Card("pm_1", "Visa", "4242", 2040, 12))
    assert (seen.state, seen.refusal, strange.asked) == ("refused", "sum_too_small", [])


def test_a_card_that_it_no_longer_knows_is_a_refusal(people, strange):
    card = cards.keep(people.account.pk, "stripe", Card("pm_1", "Visa", "4242", 2040, 12, "cus_1"), 0)
    payment = cardpayments.charge(new_order(people).pk, card, 1)
    assert (payment.state, payment.refusal) == ("refused", "card_unknown")


def test_a_payment_that_it_does_not_know_does_not_keep_the_order_from_being_paid(people, strange):
    payment = started(people, "pi_other_keys", "k1", minutes=1)
    strange.answers["POST /v1/payment_intents"] = (
        200,
        {"id": "pi_2", "status": "requires_payment_method", "amount": CENTS, "client_secret": "s"},
    )
    assert cardpayments.start(payment.order_id, people.owner, "http://testserver/").reference == "pi_2"
    assert state(payment) == "refused"


def test_one_answer_without_sense_does_not_keep_the_others_waiting(people, strange):
    senseless, missing = started(people, "pi_1", "k1", minutes=5), started(people, "pi_2", "k2", minutes=5)
    good = started(people, "pi_3", "k3", minutes=5)
    strange.answers["GET /v1/payment_intents/pi_1"] = (200, {"id": "pi_1", "object": "payment_intent", "status": "asleep"})
    strange.intent("pi_3")
    assert cardcare.look_after() == 1
    assert [state(payment) for payment in (senseless, missing, good)] == ["started", "started", "succeeded"]


def test_what_it_says_nothing_of_for_a_week_is_ended_and_told_to_the_staff(people, strange):
    old, young = started(people, "pi_1", "k1", days=7, hours=1), started(people, "pi_2", "k2", days=6)
    assert cardcare.look_after() == 1
    assert (state(old), state(young)) == ("refused", "started")
    (notice,) = cardnotices.open_notices()
    assert (notice.action, notice.target) == ("payment never answered", f"payment {old.pk}")


@pytest.mark.parametrize("number", ["abc", "-1", "", None, "9" * 30, "1"])
def test_payments_of_somebody_else_are_left_alone(people, strange, number):
    strange.intent("pi_9", metadata={"order": number, "account": number, "shop": "another"})
    assert told("payment_intent.succeeded", "evt_1", id="pi_9", object="payment_intent") == b"order unknown"
    assert not Payment.objects.exists()


def test_a_refund_that_waits_is_not_there_yet(people, strange):
    payment = paid(people)
    refunds.refund(payment.order_id, None, "by mistake")
    strange.refunds()
    strange.answers["POST /v1/refunds"] = (200, {"id": "re_1", "object": "refund", "status": "pending", "amount": CENTS})
    assert cardcare.give_back() == 0
    strange.refunds(("pending", CENTS))
    assert cardcare.give_back() == 0
    assert state(payment) == "refunding"
    strange.refunds(("succeeded", CENTS))
    assert cardcare.give_back() == 1
    assert state(payment) == "refunded"
    assert strange.asked.count("POST /v1/refunds") == 1


@pytest.mark.parametrize("kind", ["refund.failed", "charge.refund.updated"])
def test_a_refund_that_fails_later_comes_to_the_staff(people, strange, kind):
    payment = paid(people)
    refunds.refund(payment.order_id, None, "by mistake")
    refunds.money_returned(payment.pk)
    strange.refunds(("failed", CENTS))
    assert told(kind, "evt_1", id="re_1", object="refund", payment_intent="pi_1") == b"not returned"
    assert [notice.action for notice in cardnotices.open_notices()] == [cardnotices.NOT_GIVEN_BACK]
    payment.refresh_from_db()
    assert refunds.by_hand(payment)
    assert cardcare.give_back() == 0
    assert "POST /v1/refunds" not in strange.asked
    refunds.money_returned(payment.pk)
    assert cardnotices.open_notices() == []


def test_a_part_returned_in_its_own_pages_is_told_to_the_staff(people, strange):
    payment = paid(people)
    strange.intent("pi_1", latest_charge={"object": "charge", "refunded": False, "amount_refunded": 150})
    assert told("charge.refunded", "evt_1", id="ch_1", object="charge", payment_intent="pi_1") == b"known already"
    assert [notice.action for notice in cardnotices.open_notices()] == ["payment given back in part"]
    refunds.refund(payment.order_id, None, "by mistake")
    strange.refunds(("succeeded", 150))
    strange.answers["POST /v1/refunds"] = (200, {"id": "re_2", "object": "refund", "status": "succeeded", "amount": CENTS - 150})
    assert cardcare.give_back() == 1


def test_a_refused_payment_that_was_paid_in_another_window_counts(people, strange):
    payment = started(people, "pi_1", "k1", minutes=1)
    orders.payment_refused(payment.pk, "refused")
    strange.intent("pi_1")
    answer = browser(people.owner).get(f"/orders/{payment.order_id}/card/return/")
    assert answer.headers["Location"] == f"/orders/{payment.order_id}/"
    assert state(payment) == "succeeded"


def test_a_second_dispute_is_told_as_well(people, strange):
    paid(people)
    for number, dispute in enumerate(["dp_1", "dp_1", "dp_2"]):
        told("charge.dispute.created", f"evt_{number}", id=dispute, object="dispute", payment_intent="pi_1")
    assert AuditLine.objects.filter(action="payment disputed").count() == 2
