"""Card payments that nobody wants any more, that belong to another shop, or that a kept card did not pay."""

import html
import json
from dataclasses import replace

import pytest

from staffetta.billing import cardcare, cardpayments, cards, ledger, orders
from staffetta.billing.models import Order, Payment
from staffetta.billing.payments import choice
from staffetta.billing.payments.errors import CardAmountDiffers
from staffetta.billing.payments.signature import signed
from staffetta.lib import clock
from tests.bank import SECRET
from tests.db.cardpaying import begin, new_order
from tests.db.money import make_package
from tests.db.portal import browser, text
from tests.db.test_kept_cards import WANTS_CUSTOMER, keep_card

pytestmark = pytest.mark.django_db


def told(reference: str) -> bytes:
    body = json.dumps({"id": f"e-{reference}", "kind": "payment.succeeded", "payment": reference, "at": 0}).encode()
    headers = {"Bank-Signature": signed(SECRET, body)}
    return browser().post("/payments/events/testbank/", body, content_type="application/json", headers=headers).content


def wanted(order: Order):
    return replace(cardpayments.asked(order, "testbank", "http://testserver/"), key=f"strange-{order.pk}-{clock.now()}")


@pytest.mark.parametrize("strange", ["shop", "account"])
def test_a_payment_of_another_shop_or_account_pays_no_order_of_ours(people, bank, strange):
    order = new_order(people)
    values = {"shop": "another"} if strange == "shop" else {"account_id": people.other_account.pk}
    seen = choice.current().start(replace(wanted(order), **values))
    bank.pay(seen.reference)
    assert told(seen.reference) == b"order unknown"
    assert not Payment.objects.exists()


def test_a_refused_payment_that_only_the_bank_knows_is_left_to_who_asked_for_it(people, bank):
    seen = choice.current().start(wanted(new_order(people)))
    bank.pay(seen.reference, "4000001000000026")
    assert told(seen.reference) == b"order unknown"
    assert not Payment.objects.exists()


@pytest.mark.parametrize("given_up", ["cancelled", "by transfer"])
def test_what_is_no_longer_wanted_leads_to_the_order_and_is_closed(people, bank, given_up):
    client, order = browser(people.owner), new_order(people)
    payment = begin(client, order)
    orders.cancel(order.pk) if given_up == "cancelled" else orders.choose_way(order.pk, "transfer")
    assert client.get(f"/orders/{order.pk}/card/{payment.pk}/").headers["Location"] == f"/orders/{order.pk}/"
    Payment.objects.filter(pk=payment.pk).update(created_at=clock.now() - cardcare.timedelta(minutes=3))
    assert cardcare.look_after() == 1
    assert choice.current().look(payment.reference).refusal == "abandoned"
    order.refresh_from_db()
    assert order.state == ("cancelled" if given_up == "cancelled" else "waiting")


def test_the_key_is_the_same_in_every_language(people, bank):
    order = new_order(people)
    browser(people.owner, language="en").get("/home/")
    with cardpayments.translation.override("it"):
        italian = cardpayments.asked(order, "testbank")
    with cardpayments.translation.override("en"):
        english = cardpayments.asked(order, "testbank")
    assert italian == english
    assert italian.key.startswith(cardpayments.shop())


def test_nothing_is_begun_while_another_sum_is_there(people, bank):
    order = new_order(people)
    seen = choice.current().start(replace(wanted(order), amount_cents=100))
    orders.begin_payment(order.pk, "testbank", seen.reference)
    bank.pay(seen.reference)
    with pytest.raises(CardAmountDiffers):
        cardpayments.start(order.pk, people.owner, "http://testserver/")
    assert order.payments.count() == 1
    choice.current().refund(seen.reference, 100, "by hand")
    assert begin(browser(people.owner), order).state == "started"


def test_a_kept_card_closes_what_was_begun(people, bank):
    card = keep_card(people, bank)
    client, order = browser(people.owner), new_order(people, key="k9")
    first = begin(client, order)
    client.post(f"/orders/{order.pk}/card/", {"way": f"kept-{card.pk}"})
    first.refresh_from_db()
    order.refresh_from_db()
    assert (first.refusal, order.state) == ("abandoned", "paid")
    assert choice.current().look(first.reference).state == "refused"


def test_a_kept_card_pays_nothing_where_the_bank_was_paid_in_another_window(people, bank):
    card = keep_card(people, bank)
    client, order = browser(people.owner), new_order(people, key="k9")
    bank.pay(begin(client, order).reference)
    client.post(f"/orders/{order.pk}/card/", {"way": f"kept-{card.pk}"})
    assert order.payments.get().state == "succeeded"
    assert ledger.wallet(people.account.pk).balance_e4 == 3_000 * 10_000


def test_a_kept_card_whose_bank_asks_for_a_code_leads_to_the_ordinary_payment(people, bank):
    card = keep_card(people, bank, WANTS_CUSTOMER)
    client, order = browser(people.owner), new_order(people, key="k9")
    page = client.post(f"/orders/{order.pk}/card/", {"way": f"kept-{card.pk}"}, follow=True)
    assert order.payments.get().refusal == "pay_with_code"
    assert "Pay this order by card: your bank then asks you for its code." in html.unescape(text(page))
    payment = begin(client, order)
    bank.pay(payment.reference, WANTS_CUSTOMER)
    bank.confirm(payment.reference)
    assert cardpayments.returned(order).state == "succeeded"
    assert cards.kept(people.account) == [card]


def test_a_forms_key_is_never_that_of_a_top_up(people, bank):
    make_package()
    package = Order.objects.first() or new_order(people).package
    browser(people.owner).post(f"/buy/{package.pk}/", {"key": "top-up-1", "way": "card"})
    assert not Order.objects.filter(key="top-up-1").exists()
    assert Order.objects.filter(key="form-top-up-1").exists()
