"""Stripe against localstripe, a copy of its server started here: pay, refuse, 3-D Secure, charge a kept card, refund, signed events."""

import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe
from django.conf import settings

from staffetta.billing import cardcare, cardpayments, cards, ledger, refunds
from staffetta.billing.models import Order, Payment, PaymentEvent
from staffetta.billing.payments import choice
from staffetta.billing.payments.base import Card, Unreachable
from staffetta.billing.payments.signature import signed
from staffetta.lib import clock
from tests.db.cardpaying import begin, new_order
from tests.db.portal import browser, text
from tests.line.copies import free_port

pytestmark = pytest.mark.django_db
SECRET = "whsec_prova"
PAID_E4 = 2_000 * 10_000
DECLINED_WHEN_CHARGED, THREE_D_SECURE = "4000000000000341", "4000002500003155"


@pytest.fixture(scope="session")
def server(eventually: Callable[..., None]) -> Iterator[str]:
    port = free_port()
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"]
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=tempfile.gettempdir())
        try:
            eventually(lambda: _up(port), "localstripe")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)
            Path(tempfile.gettempdir(), "localstripe.pickle").unlink(missing_ok=True)


def _up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/js.stripe.com/v3/", timeout=2):
            return True
    except OSError:
        return False


@pytest.fixture
def shop(server: str, settings) -> str:
    settings.STRIPE_SECRET_KEY, settings.STRIPE_PUBLISHABLE_KEY = "sk_test_12345", "pk_test_12345"
    settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_BASE, settings.STRIPE_JS = SECRET, server, f"{server}/js.stripe.com/v3/"
    settings.TESTBANK_URL = ""
    return server


def post(server: str, path: str, **form: str) -> dict[str, Any]:
    """Ask as Stripe's script in the browser would."""
    request = urllib.request.Request(f"{server}{path}", urlencode(form).encode(), {"Authorization": "Bearer sk_test_12345"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        with error:
            return json.loads(error.read())


def new_card(server: str, number: str) -> str:
    form = {"type": "card", "card[number]": number, "card[exp_month]": "12", "card[exp_year]": "2040", "card[cvc]": "123"}
    return post(server, "/v1/payment_methods", **form)["id"]


def pay(server: str, payment: Payment, number: str = "4242424242424242") -> dict[str, Any]:
    """Confirm the payment with a card, as the field on the card page does."""
    post(server, f"/v1/payment_intents/{payment.reference}", payment_method=new_card(server, number))
    return post(server, f"/v1/payment_intents/{payment.reference}/confirm")


def status(payment: Payment) -> str:
    """Return what Stripe itself calls the state of a payment."""
    asked = stripe.StripeClient("sk_test_12345", base_addresses={"api": settings.STRIPE_API_BASE})
    return asked.v1.payment_intents.retrieve(payment.reference).status


def told(kind: str, about: dict[str, Any], event_id: str = "evt_1", secret: str = SECRET, at: int | None = None):
    body = json.dumps({"id": event_id, "object": "event", "type": kind, "created": int(time.time()), "data": {"object": about}}).encode()
    headers = {"Stripe-Signature": signed(secret, body, at)}
    return browser().post("/payments/events/stripe/", body, content_type="application/json", headers=headers)


def intent(payment: Payment) -> dict[str, Any]:
    return {"id": payment.reference, "object": "payment_intent", "status": "succeeded", "amount": 1, "client_secret": "hush"}


def test_it_works(people, shop):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    page = client.get(f"/orders/{order.pk}/card/{payment.pk}/")
    assert f'src="{shop}/js.stripe.com/v3/"' in text(page)
    assert 'data-card-key="pk_test_12345"' in text(page)
    assert "sk_test" not in text(page)
    assert pay(shop, payment)["status"] == "succeeded"
    assert client.get(f"/orders/{order.pk}/card/return/").headers["Location"] == f"/orders/{order.pk}/"
    order.refresh_from_db()
    assert (order.state, ledger.wallet(people.account.pk).balance_e4) == ("paid", PAID_E4)


def test_only_the_card_page_lets_the_provider_in(people, shop):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    policies = [client.get(path).headers["Content-Security-Policy"] for path in (f"/orders/{order.pk}/card/{payment.pk}/", "/home/")]
    assert [shop in policy for policy in policies] == [True, False]


def test_a_declined_card_is_explained(people, shop):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    assert pay(shop, payment, DECLINED_WHEN_CHARGED)["error"]["code"] == "card_declined"
    assert "Your bank refused this payment" in text(client.get(f"/orders/{order.pk}/card/return/"))
    order.refresh_from_db()
    assert order.state == "failed"


@pytest.mark.parametrize(("success", "state", "refusal"), [("true", "succeeded", ""), ("false", "refused", "three_ds_failed")])
def test_three_d_secure(people, shop, success, state, refusal):
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    asked = pay(shop, payment, THREE_D_SECURE)
    assert asked["status"] == "requires_action"
    assert cardpayments.returned(order).state == "started"
    path = f"/v1/payment_intents/{payment.reference}/_authenticate?success={success}"
    post(shop, path, client_secret=asked["client_secret"])
    ended = cardpayments.returned(order)
    assert (ended.state, ended.refusal) == (state, refusal)


def test_a_card_is_kept_charged_and_removed(people, shop):
    order = new_order(people)
    payment = begin(browser(people.owner), order, save_card="yes")
    pay(shop, payment)
    assert cardpayments.returned(order).state == "succeeded"
    (card,) = cards.kept(people.account)
    assert (card.brand, card.last4, card.customer[:4]) == ("Visa", "4242", "cus_")
    second = new_order(people, key="k2")
    assert cardpayments.charge(second.pk, card, 1).state == "succeeded"
    cards.remove(people.account, people.owner, card.pk)
    assert cards.kept(people.account) == []


@pytest.mark.parametrize(("number", "refusal"), [(DECLINED_WHEN_CHARGED, "refused"), (THREE_D_SECURE, "needs_customer")])
def test_a_charge_without_the_customer_is_refused(people, shop, number, refusal):
    customer = post(shop, "/v1/customers", email="a@example.it")["id"]
    method = new_card(shop, number)
    post(shop, f"/v1/payment_methods/{method}/attach", customer=customer)
    card = cards.keep(people.account.pk, "stripe", Card(method, "Visa", number[-4:], 2040, 12, customer), 0)
    payment = cardpayments.charge(new_order(people).pk, card, 1)
    assert (payment.state, payment.refusal) == ("refused", refusal)


def test_money_is_given_back(people, shop):
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    pay(shop, payment)
    cardpayments.returned(order)
    refunds.refund(order.pk, None, "by mistake")
    assert cardcare.give_back() == 1
    payment.refresh_from_db()
    assert payment.state == "refunded"


def test_signed_events_count_once_and_forged_or_old_ones_not_at_all(people, shop):
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    pay(shop, payment)
    assert told("payment_intent.succeeded", intent(payment), secret="whsec_falso").status_code == 400
    assert told("payment_intent.succeeded", intent(payment), at=int(time.time()) - 400).status_code == 400
    assert PaymentEvent.objects.count() == 0
    answers = [told("payment_intent.succeeded", intent(payment), event).content for event in ("evt_1", "evt_1", "evt_2")]
    assert answers == [b"paid", b"paid", b"known already"]
    assert ledger.wallet(people.account.pk).balance_e4 == PAID_E4
    assert "hush" not in str([event.body for event in PaymentEvent.objects.all()])


def test_events_that_do_not_concern_us_change_nothing(people, shop):
    assert told("customer.created", {"id": "cus_1", "object": "customer"}).content == b"nothing to do"
    dispute = {"id": "dp_1", "object": "dispute", "payment_intent": "pi_unknown", "reason": "fraudulent"}
    assert told("charge.dispute.created", dispute, "evt_2").content == b"disputed"


def test_what_localstripe_tells_by_itself_is_believed(people, shop, live_server, eventually):
    hook = {"url": f"{live_server.url}/payments/events/stripe/", "secret": SECRET}
    post(shop, "/_config/webhooks/us", **hook, **{"events[]": "payment_intent.succeeded"})
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    pay(shop, payment)
    eventually(lambda: PaymentEvent.objects.filter(reference=payment.reference, outcome="paid").exists(), "the event")
    order = Order.objects.get(pk=order.pk)
    assert order.state == "paid"


def test_what_nobody_finished_is_closed(people, shop):
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    Payment.objects.filter(pk=payment.pk).update(created_at=clock.now() - cardcare.timedelta(hours=2))
    assert cardcare.look_after() == 1
    payment.refresh_from_db()
    assert payment.refusal == "abandoned"
    assert "error" in pay(shop, payment)


def test_a_refused_payment_cannot_be_paid_in_another_window(people, shop):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    pay(shop, payment, DECLINED_WHEN_CHARGED)
    client.get(f"/orders/{order.pk}/card/return/")
    assert status(payment) == "canceled"
    assert Payment.objects.get(pk=payment.pk).refusal == "refused"


def test_a_payment_refused_by_an_event_is_closed_before_the_next(people, shop):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    pay(shop, payment, DECLINED_WHEN_CHARGED)
    assert told("payment_intent.payment_failed", intent(payment)).content == b"refused"
    assert status(payment) == "requires_payment_method"
    assert begin(client, order).state == "started"
    assert status(payment) == "canceled"


def test_a_silent_stripe_is_unreachable(people, shop, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:1"
    with pytest.raises(Unreachable):
        choice.current().look("pi_1")


def test_a_wrong_key_is_unreachable_and_not_a_refusal(people, shop, settings):
    settings.STRIPE_SECRET_KEY = "wrong"
    with pytest.raises(Unreachable):
        choice.current().look("pi_1")
