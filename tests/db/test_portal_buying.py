"""The price list, the page of a package, the list of orders; and credits moved between accounts of one owner."""

import pytest

from staffetta.accounts.models import Account
from staffetta.billing import ledger, salessettings, transfers
from staffetta.billing.errors import LinkRefused, NotEnoughCredit, NotLinked, TransferTooLarge
from staffetta.billing.models import AccountLink, Discount, Entry, Order, SpecialPrice
from staffetta.lib.money import CREDIT_E4
from tests.db.money import make_order, make_package, make_profile, pay
from tests.db.portal import asks_for_login, browser, hides_from, text
from tests.people import People, make_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    salessettings.change(holder="Prova S.r.l.", iban="IT60X0542811101000000123456", postal_account="12345678", postal_holder="Prova S.r.l.")
    return make_people()


@pytest.fixture
def client(people):
    return browser(people.owner)


def test_everybody_sees_the_price_list_with_euro_for_each_type():
    make_package(1_000, 7_500)
    page = text(browser().get("/prices/"))
    for shown in ("€75.00", "€91.50 with VAT", "€0.0750", "€0.1200"):
        assert shown in page


def test_a_customer_sees_the_own_price(client, people):
    package = make_package(1_000, 7_500)
    SpecialPrice.objects.create(account=people.account, package=package, price_cents=6_000)
    page = text(client.get("/buy/"))
    assert "€60.00" in page
    assert "your price" in page
    assert "€60.00" not in text(browser(people.stranger).get("/buy/"))


def test_an_order_by_transfer(client, people):
    package = make_package()
    page = text(client.get(f"/buy/{package.pk}/"))
    assert "€91.50" in page
    response = client.post(f"/buy/{package.pk}/", {"key": "abc", "way": "transfer"})
    order = Order.objects.get()
    assert response.headers["Location"] == f"/orders/{order.pk}/transfer/"
    assert (order.state, order.way, order.user) == ("waiting", "transfer", people.owner)
    client.post(f"/buy/{package.pk}/", {"key": "abc", "way": "transfer"})
    assert Order.objects.count() == 1


def test_an_order_by_card_goes_on_with_the_same_form(client, settings):
    package = make_package()
    form = {"key": "abc", "way": "card"}
    settings.TESTBANK_URL = ""
    assert client.post(f"/buy/{package.pk}/", form).status_code == 400  # no provider: cards are not offered
    assert not Order.objects.exists()
    settings.TESTBANK_URL, settings.TESTBANK_SECRET = "http://127.0.0.1:9", "secret"
    response = client.post(f"/buy/{package.pk}/", form)
    assert (response.status_code, response.headers["Location"]) == (307, f"/orders/{Order.objects.get().pk}/card/")


def test_a_discount_is_shown_before_it_is_used(client):
    package = make_package()
    Discount.objects.create(code="AUTUNNO", off_bp=1_000)
    page = text(client.post(f"/buy/{package.pk}/", {"key": "abc", "code": "autunno", "apply": "1"}))
    assert "€82.35" in page
    assert not Order.objects.exists()
    client.post(f"/buy/{package.pk}/", {"key": "abc", "code": "autunno", "way": "slip"})
    assert Order.objects.get().net_cents == 6_750


def test_a_wrong_discount_keeps_what_was_typed(client):
    package = make_package()
    response = client.post(f"/buy/{package.pk}/", {"key": "abc", "code": "NIENTE", "way": "slip"})
    assert response.status_code == 400
    assert 'value="NIENTE"' in text(response)
    assert "There is no discount code “NIENTE”" in text(response)
    assert not Order.objects.exists()


def test_no_way_chosen_is_refused(client):
    package = make_package()
    response = client.post(f"/buy/{package.pk}/", {"key": "abc"})
    assert response.status_code == 400
    assert "Choose how you want to pay" in text(response)


def test_a_package_that_is_gone_says_so(client):
    response = client.get("/buy/99/")
    assert (response.status_code, "no longer on sale" in text(response)) == (404, True)


def test_the_invoicing_data_come_back_to_the_order(client, people):
    package = make_package()
    assert f"?next=/buy/{package.pk}/" in text(client.get(f"/buy/{package.pk}/"))
    make_profile(people.account)
    assert "Via Emilia 12" in text(client.get(f"/buy/{package.pk}/"))


def test_the_page_of_an_order_in_every_state(client, people):
    order = make_order(people.account)
    address = f"/orders/{order.pk}/"
    assert "Pay this order" in text(client.get(address))
    make_order(people.account, way="transfer")
    assert "Bank transfer" in text(client.get(address))
    pay(order)
    assert "Paid on" in text(client.get(address))
    assert f'href="{address}"' in text(client.get("/orders/"))
    assert hides_from(people.stranger, address)


def test_cancelling(client, people):
    order = make_order(people.account)
    assert client.post(f"/orders/{order.pk}/cancel/").status_code == 302
    assert "given up" in text(client.get(f"/orders/{order.pk}/"))
    assert hides_from(people.stranger, f"/orders/{order.pk}/cancel/", "post")


@pytest.mark.parametrize("address", ["/buy/", "/buy/1/", "/orders/", "/orders/1/", "/credits/transfer/"])
def test_it_requires_login(address):
    assert asks_for_login(address)


@pytest.fixture
def linked(people) -> AccountLink:
    pay(make_order(people.account))
    link = transfers.ask(people.account, people.owner, "stranger")
    assert transfers.agree(people.other_account, people.stranger, link.pk)
    return link


def test_accounts_are_linked_by_both_owners_and_credits_move(client, people):
    pay(make_order(people.account))
    client.post("/credits/transfer/", {"login": "stranger"})
    link = AccountLink.objects.get()
    with pytest.raises(NotLinked):
        transfers.move(people.account, people.other_account.pk, CREDIT_E4, people.owner, "k")
    assert "asks to be linked" in text(browser(people.stranger).get("/credits/transfer/"))
    browser(people.stranger).post(f"/credits/transfer/{link.pk}/agree/")
    form = {"key": "k1", "target": people.other_account.pk, "amount": "100"}
    for _ in range(2):  # the same form twice is one transfer
        assert client.post("/credits/transfer/move/", form).status_code == 302
    assert ledger.wallet(people.other_account.pk).balance_e4 == 100 * CREDIT_E4
    assert Entry.objects.get(account=people.other_account).reason == "Trasferimento da Ferramenta Bruni"
    client.post(f"/credits/transfer/{link.pk}/end/")
    assert transfers.linked(people.account) == []


def test_only_the_asked_owner_agrees(people):
    link = transfers.ask(people.account, people.owner, "stranger")
    assert not transfers.agree(people.account, people.owner, link.pk)
    for name in ("nobody", "owner", "stranger"):
        with pytest.raises(LinkRefused):
            transfers.ask(people.account, people.owner, name)


def test_credits_given_to_try_do_not_move(client, people, linked):
    assert ledger.wallet(people.account.pk).balance_e4 == 2_000 * CREDIT_E4
    with pytest.raises(TransferTooLarge):
        transfers.move(people.account, people.other_account.pk, 1_001 * CREDIT_E4, people.owner, "k")
    response = client.post("/credits/transfer/move/", {"key": "k", "target": people.other_account.pk, "amount": "1001"})
    assert response.status_code == 400
    assert 'value="1001"' in text(response)
    transfers.move(people.account, people.other_account.pk, 1_000 * CREDIT_E4, people.owner, "k")
    with pytest.raises(TransferTooLarge):
        transfers.move(people.account, people.other_account.pk, 1, people.owner, "k2")


def test_a_debit_never_takes_what_is_held(people):
    ledger.hold(people.account.pk, 900 * CREDIT_E4, "send")
    with pytest.raises(NotEnoughCredit):
        ledger.debit(people.account.pk, 101 * CREDIT_E4, "adjustment", "d", "prova")
    first = ledger.debit(people.account.pk, 100 * CREDIT_E4, "adjustment", "d", "prova")
    assert ledger.debit(people.account.pk, 100 * CREDIT_E4, "adjustment", "d", "prova") == first
    assert all(books.agree for books in ledger.books())


def test_nothing_moves_to_a_closed_account(people, linked):
    Account.objects.filter(pk=people.other_account.pk).update(closed_at="2026-11-22T12:00Z")
    with pytest.raises(NotLinked):
        transfers.move(people.account, people.other_account.pk, CREDIT_E4, people.owner, "k")


def test_spending_beside_the_gift_does_not_set_it_free(people, linked):
    hold = ledger.hold(people.account.pk, 1_000 * CREDIT_E4, "send")
    ledger.charge(hold.pk, 1_000 * CREDIT_E4, "send")
    assert transfers.movable_e4(people.account) == 0


def test_an_order_that_waits_already_is_named(client, people):
    order = make_order(people.account, way="transfer")
    page = text(client.get(f"/buy/{order.package_id}/"))
    assert f"Order {order.pk} for this package waits" in page


def test_an_invoice_that_waits_for_data_says_so(client, people):
    order = make_order(people.account)
    pay(order)
    assert "It waits for your invoicing data" in text(client.get(f"/orders/{order.pk}/"))
    make_profile(people.account)
    assert "It is on its way" in text(client.get(f"/orders/{order.pk}/"))
