"""Kept cards and the automatic top-up: consent, buying below the threshold, the month's cap, refusals and their mails."""

import html
from datetime import timedelta

import pytest

from staffetta.accounts.models import AuditLine
from staffetta.billing import cardpayments, cards, ledger, orders, topup
from staffetta.billing.models import Order, PaymentEvent, SavedCard, TopUp
from staffetta.billing.payments import choice
from staffetta.lib import clock
from tests.db.cardpaying import begin, new_order
from tests.db.money import make_package
from tests.db.portal import asks_for_login, browser, text

pytestmark = pytest.mark.django_db
PRICE_CENTS = 9_150  # 75 euro and 22 % of VAT
REFUSED_LATER, WANTS_CUSTOMER = "4000001000000182", "4000001000000018"


def keep_card(people, bank, number: str = "4242424242424242") -> SavedCard:
    """Pay an order with a card that is kept, and spend what it brought."""
    order = new_order(people, key=f"keep-{number}")
    payment = begin(browser(people.owner), order, save_card="yes")
    bank.pay(payment.reference, number)
    if number == WANTS_CUSTOMER:
        bank.confirm(payment.reference)
    assert cardpayments.returned(order).state == "succeeded"
    return SavedCard.objects.latest("pk")


@pytest.fixture
def owner_mail(people):
    people.owner.email = "titolare@example.it"
    people.owner.save()


def spend(people, leaves: int = 100) -> None:
    """Have all the credits but these leave the wallet, as for messages: by no hand of the staff."""
    spare_e4 = ledger.wallet(people.account.pk).available_e4 - leaves * 10_000
    if spare_e4 > 0:
        ledger.debit(people.account.pk, spare_e4, "transfer", f"spent-{clock.now()}", "spent")


def set_up(people, card: SavedCard, threshold: str = "500", month_max: str = "1.000,00") -> TopUp:
    return topup.set_up(people.account, people.owner, make_package_once().pk, card.pk, threshold, month_max, True)


def make_package_once():
    return Order.objects.first().package if Order.objects.exists() else make_package()


def automatic() -> list[Order]:
    return list(Order.objects.filter(automatic=True).order_by("pk"))


def tomorrow(people) -> None:
    """Let a day pass for the next attempt."""
    TopUp.objects.filter(account=people.account).update(try_at=clock.now() - timedelta(seconds=1))


def test_a_card_is_kept_with_its_consent(people, bank):
    card = keep_card(people, bank)
    assert (card.brand, card.last4, card.expires_year, card.expires_month) == ("Visa", "4242", 2040, 12)
    assert "may have my card kept" in card.consent
    assert card.consent_by == people.owner
    page = text(browser(people.owner).get("/account/cards/"))
    assert "Visa •••• 4242" in page
    assert "4242424242424242" not in page


def test_the_same_card_is_kept_once(people, bank):
    first = keep_card(people, bank)
    set_up(people, first)
    order = new_order(people, key="again")
    bank.pay(begin(browser(people.owner), order, save_card="yes").reference)
    cardpayments.returned(order)
    (only,) = cards.kept(people.account)
    assert only != first
    assert topup.of(people.account).card == only
    assert cardpayments.charge(new_order(people, key="k9").pk, first, 1).refusal == "wrong_number"


def test_a_card_is_not_kept_without_consent(people, bank):
    order = new_order(people)
    bank.pay(begin(browser(people.owner), order).reference)
    assert cardpayments.returned(order).state == "succeeded"
    assert not SavedCard.objects.exists()


def test_no_number_of_a_card_comes_to_us(people, bank, eventually):
    card = keep_card(people, bank)
    reference = card.account.orders.latest("pk").payments.latest("pk").reference
    eventually(lambda: len(bank.events_of(reference)) == 2, "the events")
    for signature, body in bank.events_of(reference):
        browser().post("/payments/events/testbank/", body, content_type="application/json", headers={"Bank-Signature": signature})
    assert PaymentEvent.objects.count() == 2
    kept = [str(vars(row)) for model in (PaymentEvent, SavedCard, AuditLine) for row in model.objects.all()]
    assert "424242" not in "".join(kept)


def test_a_removed_card_is_gone_at_the_bank_too(people, bank):
    card = keep_card(people, bank)
    set_up(people, card)
    assert browser(people.owner).post(f"/account/cards/{card.pk}/remove/").status_code == 302
    assert cards.kept(people.account) == []
    assert topup.of(people.account).stopped == "card_removed"
    order = new_order(people, key="k9")
    assert cardpayments.charge(order.pk, card, 1).refusal == "wrong_number"


def test_a_card_stays_while_the_bank_is_silent(people, bank, settings):
    card = keep_card(people, bank)
    settings.TESTBANK_URL = "http://127.0.0.1:1"
    client = browser(people.owner)
    client.post(f"/account/cards/{card.pk}/remove/")
    assert "did not answer" in text(client.get("/account/cards/"))
    assert cards.kept(people.account) == [card]


def test_a_strangers_card_cannot_be_removed(people, bank):
    card = keep_card(people, bank)
    client = browser(people.stranger)
    client.post(f"/account/cards/{card.pk}/remove/")
    assert "no longer kept" in text(client.get("/account/cards/"))
    assert "4242" not in text(client.get("/account/cards/"))
    assert cards.kept(people.account) == [card]


def test_it_requires_login(bank):
    assert asks_for_login("/account/cards/")
    assert asks_for_login("/account/cards/1/remove/", "post")
    assert asks_for_login("/account/cards/top-up/off/", "post")


def test_it_is_switched_on_and_off_on_its_page(people, bank):
    card, client = keep_card(people, bank), browser(people.owner)
    package = make_package_once()
    form = {"package": package.pk, "card": card.pk, "threshold": "200", "month_max": "100,50", "agreed": "on"}
    assert client.post("/account/cards/", form).status_code == 302
    row = topup.of(people.account)
    assert (row.active, row.threshold_e4, row.month_cents_max) == (True, 2_000_000, 10_050)
    assert "may charge my card by itself" in row.consent
    client.post("/account/cards/top-up/off/")
    assert not topup.of(people.account).active


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("agreed", "", "tick the box to agree"),
        ("threshold", "molti", "“molti” is not a number of credits"),
        ("threshold", "-5", "“-5” is not a number of credits"),
        ("threshold", "1000", "brings 1000 credits, would be bought again at once"),
        ("month_max", "91,49", "could never be bought"),
        ("month_max", "poco", "could never be bought"),
    ],
)
def test_it_keeps_what_was_typed_when_refused(people, bank, field, value, said):
    card, client = keep_card(people, bank), browser(people.owner)
    package = make_package_once()
    form = {"package": package.pk, "card": card.pk, "threshold": "200", "month_max": "100", "agreed": "on"} | {field: value}
    response = client.post("/account/cards/", form)
    assert response.status_code == 400
    assert said in html.unescape(text(response))
    assert f'value="{form["threshold"]}"' in text(response)
    assert topup.of(people.account) is None


def test_the_package_that_is_chosen_first_suits_the_example(people, bank):
    small = make_package(credits=100, price_cents=900, name="Prova")
    keep_card(people, bank)
    large = make_package(credits=500, price_cents=4_000, name="Bottega")
    page = text(browser(people.owner).get("/account/cards/"))
    assert f'<option value="{large.pk}" selected>' in page
    assert f'<option value="{small.pk}">' in page


def test_it_buys_below_the_threshold_once(people, bank):
    set_up(people, keep_card(people, bank))
    spend(people)
    assert topup.run() == 1
    assert ledger.wallet(people.account.pk).balance_e4 == 1_100 * 10_000
    assert topup.run() == 0
    assert [order.state for order in automatic()] == ["paid"]


def test_it_buys_nothing_above_the_threshold(people, bank):
    set_up(people, keep_card(people, bank))
    spend(people, leaves=500)
    assert topup.run() == 0
    assert automatic() == []


def test_it_never_passes_the_months_cap(people, bank, owner_mail, mailoutbox):
    set_up(people, keep_card(people, bank), month_max="183,00")
    bought = []
    for _ in range(4):
        spend(people)
        bought.append(topup.run())
    assert bought == [1, 1, 0, 0]
    assert topup.month_spent_cents(people.account.pk) == 2 * PRICE_CENTS
    assert [order.state for order in automatic()] == ["paid", "paid", "cancelled"]
    assert [message.subject for message in mailoutbox if "limit" in message.subject or "limite" in message.subject] != []
    assert topup.of(people.account).active


def test_after_a_refusal_it_tries_the_same_order_a_day_later_and_stops_after_three(people, bank, owner_mail, mailoutbox):
    set_up(people, keep_card(people, bank, REFUSED_LATER))
    spend(people)
    assert [topup.run(), topup.run()] == [0, 0]
    (order,) = automatic()
    assert (order.state, order.payments.count()) == ("failed", 1)
    for count in (2, 3):
        tomorrow(people)
        topup.run()
        assert order.payments.count() == count
    row = topup.of(people.account)
    assert (row.active, row.stopped, row.failures) == (False, "insufficient_funds", 3)
    tomorrow(people)
    topup.run()
    assert order.payments.count() == 3
    mails = [message.body for message in mailoutbox if f"{order.pk}" in message.body]
    assert len(mails) == 3
    page = html.unescape(text(browser(people.owner).get("/account/cards/")))
    assert "There is not enough money on this card" in page


def test_it_stops_at_once_where_the_bank_wants_the_customer_who_may_pay_by_hand(people, bank):
    set_up(people, keep_card(people, bank, WANTS_CUSTOMER))
    spend(people)
    topup.run()
    row, (order,) = topup.of(people.account), automatic()
    assert (row.active, row.stopped) == (False, "needs_customer")
    bank.pay(begin(browser(people.owner), order).reference)
    assert cardpayments.returned(order).state == "succeeded"


def test_it_goes_on_where_it_died_between_order_and_charge(people, bank):
    set_up(people, keep_card(people, bank))
    spend(people)
    order, attempt = topup.wanted(people.account.pk)
    assert attempt == 1
    assert topup.run() == 1
    assert automatic() == [order]


def test_a_charge_that_we_did_not_hear_of_is_not_made_twice(people, bank):
    card = keep_card(people, bank)
    set_up(people, card)
    spend(people)
    order, attempt = topup.wanted(people.account.pk)
    asked = cardpayments.asked(order, "testbank", attempt=cardpayments.attempt_of(card, attempt))
    seen = choice.current().charge(asked, cards.token(card))  # and here we die
    assert topup.run() == 1
    assert order.payments.get().reference == seen.reference


def test_an_order_that_somebody_pays_by_transfer_is_left_alone(people, bank):
    set_up(people, keep_card(people, bank, REFUSED_LATER))
    spend(people)
    topup.run()
    (order,) = automatic()
    orders.choose_way(order.pk, "transfer")
    tomorrow(people)
    topup.run()
    assert order.payments.count() == 1
    assert len(automatic()) == 1


def test_a_silent_bank_is_asked_again_with_the_same_order(people, bank, settings):
    set_up(people, keep_card(people, bank))
    spend(people)
    settings.TESTBANK_URL = "http://127.0.0.1:1"
    assert topup.run() == 0
    settings.TESTBANK_URL = bank.url
    assert topup.run() == 1
    assert len(automatic()) == 1


def test_a_package_that_is_gone_stops_it(people, bank):
    row = set_up(people, keep_card(people, bank))
    spend(people)
    row.package.active = False
    row.package.save()
    assert topup.run() == 0
    assert topup.of(people.account).stopped == "package_gone"


def test_a_closed_account_buys_nothing(people, bank):
    set_up(people, keep_card(people, bank))
    spend(people)
    people.account.closed_at = clock.now()
    people.account.save()
    assert topup.run() == 0


def test_a_kept_card_pays_an_order_by_hand(people, bank):
    card = keep_card(people, bank)
    client, package = browser(people.owner), make_package_once()
    assert f"Visa •••• {card.last4}" in text(client.get(f"/buy/{package.pk}/"))
    form = {"key": "k9", "way": f"kept-{card.pk}"}
    assert client.post(f"/buy/{package.pk}/", form).status_code == 307
    order = Order.objects.get(key="form-k9")
    client.post(f"/orders/{order.pk}/card/", form)
    order.refresh_from_db()
    assert (order.state, order.payments.get().card) == ("paid", card)


def test_a_kept_card_that_the_bank_wants_to_see_leaves_the_order(people, bank):
    card = keep_card(people, bank, WANTS_CUSTOMER)
    order = new_order(people, key="k9")
    response = browser(people.owner).post(f"/orders/{order.pk}/card/", {"way": f"kept-{card.pk}"}, follow=True)
    page = html.unescape(text(response))
    assert "your bank then asks you for its code" in page
    assert "automatic top-up" not in page
    order.refresh_from_db()
    assert order.state == "failed"


def test_the_kept_card_of_another_account_pays_nothing(people, bank):
    card = keep_card(people, bank)
    order = orders.place(people.other_account, people.stranger, make_package_once().pk, "s1")
    response = browser(people.stranger).post(f"/orders/{order.pk}/card/", {"way": f"kept-{card.pk}"}, follow=True)
    assert "This card is no longer kept" in text(response)
    order.refresh_from_db()
    assert order.state == "created"
