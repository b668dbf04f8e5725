"""Cards against a real test bank: every magic card to its explanation, 3-D Secure, events, what was never told, money given back."""

import html
import json
import time

import pytest

from staffetta.accounts.models import AuditLine
from staffetta.billing import cardcare, cardpayments, ledger, orders, refunds
from staffetta.billing.models import Payment, PaymentEvent
from staffetta.billing.payments import choice, refusals, testbank_client
from staffetta.billing.payments.base import Asked, Unreachable
from staffetta.billing.payments.errors import CardServiceSilent
from staffetta.billing.payments.signature import signed
from staffetta.billing.payments.testbank import magic
from staffetta.lib import clock
from tests.bank import SECRET
from tests.db.cardpaying import begin, new_order
from tests.db.portal import asks_for_login, browser, hides_from, text

pytestmark = pytest.mark.django_db
PAID_E4 = 2_000 * 10_000  # the people's 1,000 credits and a package of 1,000


def told(client, signature: str, body: bytes, provider: str = "testbank"):
    headers = {"Bank-Signature": signature}
    return client.post(f"/payments/events/{provider}/", body, content_type="application/json", headers=headers)


def balance_e4(people) -> int:
    return ledger.wallet(people.account.pk).balance_e4


def age(payment: Payment, **by: int) -> None:
    Payment.objects.filter(pk=payment.pk).update(created_at=clock.now() - cardcare.timedelta(**by))


def test_it_works(people, bank):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    page = client.get(f"/orders/{order.pk}/card/{payment.pk}/")
    assert f"http://testserver:{bank.url.rpartition(':')[2]}/pay/{payment.reference}" in text(page)
    status, headers, _page = bank.pay(payment.reference)
    assert (status, headers["Location"]) == (303, f"http://testserver/orders/{order.pk}/card/return/")
    assert client.get(f"/orders/{order.pk}/card/return/").headers["Location"] == f"/orders/{order.pk}/"
    order.refresh_from_db()
    assert (order.state, balance_e4(people)) == ("paid", PAID_E4)


def test_the_return_alone_pays_nothing(people, bank):
    client, order = browser(people.owner), new_order(people)
    begin(client, order)
    page = text(client.get(f"/orders/{order.pk}/card/return/"))
    assert "being confirmed" in page
    assert "being confirmed" in text(client.get(f"/orders/{order.pk}/card/state/"))
    assert balance_e4(people) == 1_000 * 10_000


@pytest.mark.parametrize("card", [card for card in magic.CARDS if card.code], ids=lambda card: card.code)
def test_every_refusal_is_explained(people, bank, card):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    assert bank.pay(payment.reference, card.number)[0] == 303
    page = html.unescape(text(client.get(f"/orders/{order.pk}/card/return/")))
    words = refusals.REFUSALS[testbank_client.REFUSALS[card.code]]
    assert str(words.happened) in page
    assert str(words.remedy) in page
    assert ("How to switch on 3-D Secure" in page) == words.steps
    assert ("Try again by card" in page) == words.again
    payment.refresh_from_db()
    order.refresh_from_db()
    assert (payment.state, order.state, balance_e4(people)) == ("refused", "failed", 1_000 * 10_000)


def test_a_refused_order_is_paid_with_another_card(people, bank):
    client, order = browser(people.owner), new_order(people)
    bank.pay(begin(client, order).reference, "4000001000000026")
    client.get(f"/orders/{order.pk}/card/return/")
    bank.pay(begin(client, order).reference)
    client.get(f"/orders/{order.pk}/card/return/")
    order.refresh_from_db()
    assert (order.state, balance_e4(people)) == ("paid", PAID_E4)


def test_three_d_secure(people, bank):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    assert "3-D Secure" in bank.pay(payment.reference, "4000001000000018")[2]
    assert bank.page(f"/pay/{payment.reference}/code", {"code": "0"})[0] == 400
    assert bank.confirm(payment.reference)[0] == 303
    client.get(f"/orders/{order.pk}/card/return/")
    assert balance_e4(people) == PAID_E4


def test_three_wrong_codes_or_cancel_refuse(people, bank):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    bank.pay(payment.reference, "4000001000000018")
    answers = [bank.page(f"/pay/{payment.reference}/code", {"code": "0"})[0] for _ in range(3)]
    assert answers == [400, 400, 303]
    assert cardpayments.returned(order).refusal == "three_ds_failed"
    second = begin(client, order)
    bank.page(f"/pay/{second.reference}/cancel", {})
    assert cardpayments.returned(order).refusal == "cancelled"


def test_the_bank_keeps_what_was_typed_when_refused(people, bank):
    payment = begin(browser(people.owner), new_order(people))
    status, _headers, page = bank.page(f"/pay/{payment.reference}", {"number": "4242424242424241", "expiry": "13/3", "cvc": "x"})
    assert status == 400
    assert 'value="4242424242424241"' in page
    assert page.count('class="wrong"') == 3


def test_an_event_pays_once_whatever_is_repeated(people, bank, eventually):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    bank.pay(payment.reference, "4000001000000166")
    eventually(lambda: len(bank.events_of(payment.reference)) == 3, "the events, the last one twice")
    events = bank.events_of(payment.reference)
    assert [json.loads(body)["kind"] for _signature, body in events] == ["payment.created", "payment.succeeded", "payment.succeeded"]
    for signature, body in [*reversed(events), *events]:  # the newest first, then everything once more
        assert told(client, signature, body).status_code == 200
    order.refresh_from_db()
    assert (order.state, balance_e4(people)) == ("paid", PAID_E4)
    assert PaymentEvent.objects.filter(reference=payment.reference).count() == 2


def test_forged_and_old_events_are_refused(people, bank):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    bank.pay(payment.reference)
    body = json.dumps({"id": "e1", "kind": "payment.succeeded", "payment": payment.reference, "at": 0}).encode()
    old = signed(SECRET, body, int(time.time()) - 301)
    for signature in ["", "t=1", signed("another", body), signed(SECRET, body + b" "), old]:
        assert told(client, signature, body).status_code == 400
    assert told(client, signed(SECRET, b"[]"), b"[]").status_code == 400
    assert told(client, signed(SECRET, body), body, "stripe").status_code == 400
    assert PaymentEvent.objects.count() == 0
    assert told(client, signed(SECRET, body), body).content == b"paid"


def test_an_event_that_lies_pays_nothing(people, bank):
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    body = json.dumps({"id": "e1", "kind": "payment.succeeded", "payment": payment.reference, "at": 0}).encode()
    assert told(browser(), signed(SECRET, body), body).content == b"not yet"
    assert balance_e4(people) == 1_000 * 10_000


def test_an_event_is_told_again_while_the_bank_is_silent(people, bank, settings):
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    bank.pay(payment.reference)
    body = json.dumps({"id": "e1", "kind": "payment.succeeded", "payment": payment.reference, "at": 0}).encode()
    settings.TESTBANK_URL = "http://127.0.0.1:1"
    assert told(browser(), signed(SECRET, body), body).status_code == 503
    settings.TESTBANK_URL = bank.url
    assert told(browser(), signed(SECRET, body), body).content == b"paid"


def asked(order, cents: int, key: str = "another") -> Asked:
    key = f"{key}-{order.pk}-{clock.now()}"
    return Asked(key, order.pk, order.account_id, cents, "x", "it", return_url="http://testserver/", shop=cardpayments.shop())


def test_another_sum_is_never_credited(people, bank, mailoutbox):
    order = new_order(people)
    seen = choice.current().start(asked(order, 100))
    payment = orders.begin_payment(order.pk, "testbank", seen.reference)
    bank.pay(seen.reference)
    body = json.dumps({"id": "e1", "kind": "payment.succeeded", "payment": seen.reference, "at": 0}).encode()
    assert told(browser(), signed(SECRET, body), body).content == b"amount differs"
    assert balance_e4(people) == 1_000 * 10_000
    assert AuditLine.objects.get(target=f"payment {payment.pk}").action == "payment amount differs"


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_payment_that_only_the_bank_knows_is_adopted(people, bank, cancelled):
    order = new_order(people)
    seen = choice.current().start(asked(order, order.payable_cents))
    bank.pay(seen.reference)
    if cancelled:
        orders.cancel(order.pk)
    body = json.dumps({"id": "e1", "kind": "payment.succeeded", "payment": seen.reference, "at": 0}).encode()
    assert told(browser(), signed(SECRET, body), body).content == b"paid"
    assert balance_e4(people) == PAID_E4


def test_what_was_never_told_is_asked_for(people, bank):
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    bank.pay(payment.reference)
    assert cardcare.look_after() == 0
    age(payment, minutes=3)
    assert cardcare.look_after() == 1
    assert balance_e4(people) == PAID_E4


def test_what_nobody_finished_is_closed(people, bank):
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    age(payment, minutes=59)
    assert cardcare.look_after() == 0
    age(payment, minutes=61)
    assert cardcare.look_after() == 1
    payment.refresh_from_db()
    assert payment.refusal == "abandoned"
    assert bank.pay(payment.reference)[0] == 303
    assert choice.current().look(payment.reference).state == "refused"


def test_beginning_again_closes_what_was_begun(people, bank):
    client, order = browser(people.owner), new_order(people)
    first, second = begin(client, order), begin(client, order)
    first.refresh_from_db()
    assert (first.state, first.refusal, second.state) == ("refused", "abandoned", "started")


def test_money_is_given_back_once(people, bank):
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    bank.pay(payment.reference)
    cardpayments.returned(order)
    refunds.refund(order.pk, None, "by mistake")
    assert cardcare.give_back() == 1
    assert cardcare.give_back() == 0
    payment.refresh_from_db()
    assert payment.state == "refunded"
    assert choice.current().look(payment.reference).state == "refunded"


def test_a_dispute_is_shown_to_the_staff(people, bank, eventually):
    order = new_order(people)
    payment = begin(browser(people.owner), order)
    bank.pay(payment.reference, "4000001000000208")
    eventually(lambda: len(bank.events_of(payment.reference)) == 3, "the dispute")
    answers = [told(browser(), *event).content for event in bank.events_of(payment.reference)]
    assert answers == [b"paid", b"known already", b"disputed"]
    assert AuditLine.objects.filter(action="payment disputed", target=f"payment {payment.pk}").count() == 1


def test_a_silent_bank_keeps_the_order(people, bank, settings):
    order = new_order(people)
    settings.TESTBANK_URL = "http://127.0.0.1:1"
    client = browser(people.owner)
    assert client.post(f"/orders/{order.pk}/card/").headers["Location"] == f"/orders/{order.pk}/"
    with pytest.raises(CardServiceSilent):
        cardpayments.start(order.pk, people.owner, "http://testserver/")
    with pytest.raises(Unreachable):
        choice.current().look("x")
    order.refresh_from_db()
    assert order.state == "waiting"


def test_without_a_provider_cards_are_not_offered(people, settings):
    settings.TESTBANK_URL = settings.STRIPE_SECRET_KEY = ""
    order = new_order(people)
    assert not cardpayments.offered()
    client = browser(people.owner)
    client.post(f"/orders/{order.pk}/card/")
    assert "Cards are not taken here" in text(client.get("/home/"))


def test_it_requires_login(people, bank):
    payment = begin(browser(people.owner), new_order(people))
    for address in [f"/orders/{payment.order_id}/card/{payment.pk}/", f"/orders/{payment.order_id}/card/return/"]:
        assert asks_for_login(address)
    assert asks_for_login(f"/orders/{payment.order_id}/card/", "post")


def test_it_hides_other_accounts(people, bank):
    payment = begin(browser(people.owner), new_order(people))
    for address in [f"/orders/{payment.order_id}/card/{payment.pk}/", f"/orders/{payment.order_id}/card/return/"]:
        assert hides_from(people.stranger, address)
    assert hides_from(people.stranger, f"/orders/{payment.order_id}/card/", "post")


def test_the_api_of_the_bank_asks_for_the_secret(bank, settings):
    settings.TESTBANK_SECRET = "another"
    with pytest.raises(Unreachable, match="401"):
        choice.current().look("x")
