"""The first page of the back office: calm where nothing waits; sales by way; notices of cards; the example price list; a customer's page."""

from datetime import UTC, date, datetime

import pytest

from staffetta.accounts import audit
from staffetta.accounts.models import AuditLine
from staffetta.billing import cardnotices, pricelist, salesfigures, todecide
from staffetta.billing.bank import reading
from staffetta.billing.models import Order, Package, Payment, SavedCard
from tests.db.invoicing import make_seller, paid_order
from tests.db.money import make_order, make_profile, pay
from tests.db.office import act, camt, entry, office
from tests.db.portal import browser, text

pytestmark = pytest.mark.django_db


def test_it_is_calm_where_nothing_waits(people):
    page = text(office().get("/office/"))
    assert "Nothing to decide" in page
    assert 'class="office-count"' not in page
    assert "Niente da decidere" in text(office(language="it").get("/office/"))


def test_missing_company_data_lead_the_owner_to_the_settings(people):
    make_profile(people.account)
    paid_order(people.account)
    assert "company&#x27;s data are incomplete" in text(office("owner").get("/office/"))
    assert '<a class="office-link" href="/office/settings/">' in text(office("owner").get("/office/"))
    assert '<a class="office-link" href="/office/settings/">' not in text(office().get("/office/"))
    make_seller()
    assert not todecide.queue().invoices.seller


def test_sales_are_counted_by_month_and_way(people):
    for key, when in (("a", datetime(2026, 10, 31, 22, 30, tzinfo=UTC)), ("b", datetime(2026, 10, 31, 23, 30, tzinfo=UTC))):
        Order.objects.filter(pk=paid_order(people.account, key).pk).update(paid_at=when)
    given_back = paid_order(people.account, "c")
    Order.objects.filter(pk=given_back.pk).update(state="refunded", paid_at=datetime(2026, 10, 5, tzinfo=UTC))
    make_order(people.account, key="d")
    october, november = (salesfigures.of(date(2026, month, 1)) for month in (10, 11))
    assert [(way.way, way.orders, way.net_cents) for way in october.ways] == [("card", 1, 7_500)]
    assert (november.total.orders, november.total.credits_e4) == (1, 10_000_000)  # 00:30 of the first of November in Italy
    assert salesfigures.of(date(2026, 12, 1)).total.orders == 0


def test_a_notice_of_the_card_service_leaves_the_queue_with_a_word(people):
    payment = pay(make_order(people.account))
    cardnotices.amount_differs(payment, 100)
    cardnotices.given_back_elsewhere(payment)
    notice = cardnotices.open_notices()[1]
    client = office()
    address = f"/office/billing/paymentevent/notice/{notice.pk}/"
    assert address in text(client.get("/office/"))
    assert "€91.50 → €1.00" in text(client.get(address)) or "91,50" in text(client.get(address))
    assert client.post(address, {"reason": ""}).status_code == 400
    for _ in range(2):
        assert client.post(address, {"reason": "scritto alla banca"}).status_code == 302
    assert [each.action for each in cardnotices.open_notices()] == ["payment given back elsewhere"]
    assert AuditLine.objects.get(action="card notice looked at").reason == "scritto alla banca"
    other = AuditLine.objects.filter(action="card notice looked at").first()
    assert client.get(f"/office/billing/paymentevent/notice/{other.pk}/").status_code == 404
    assert browser(people.owner).get(address).status_code == 302


def test_an_example_price_list_begins_where_there_is_none(people):
    address, client = "/office/billing/package/example/", office("owner")
    assert address in text(client.get("/office/billing/package/"))
    assert "Bottega" in text(client.get(address))
    assert not Package.objects.exists()
    assert office().post(address).status_code == 403
    assert client.post(address).status_code == 302
    assert Package.objects.count() == len(pricelist.EXAMPLE)
    assert AuditLine.objects.get(action="example price list").user.username == "gestore"
    assert address not in text(client.get("/office/billing/package/"))
    assert client.post(address).status_code == 403


def test_a_customer_is_shown_with_all_that_belongs_to_them(people):
    client = office()
    address = f"/office/accounts/account/{people.account.pk}/change/"
    assert "invoices wait until the customer writes them" in text(client.get(address))
    make_profile(people.account)
    order = paid_order(people.account)
    SavedCard.objects.create(
        account=people.account,
        provider="testbank",
        token="secret-token",
        brand="visa",
        last4="4242",
        expires_year=2030,
        expires_month=4,
        consent="sì",
    )
    page = text(client.get(address))
    for said in ("Ferramenta Bruni S.r.l.", f"order/{order.pk}/change", "visa •••• 4242", "04/2030", "colleague"):
        assert said in page
    assert "secret-token" not in page


def test_a_recalled_transfer_waits_in_the_queue(people):
    recall = entry(9_150, "RECALL").replace("<Sts>", "<RvslInd>true</RvslInd><Sts>")
    file = reading.read(camt(entry(500, "altro"), recall), "novembre.xml", "bank", None, None).file
    client, address = office(), f"/office/billing/bankfile/{file.pk}/"
    assert "Transfers that were called back" in text(client.get("/office/"))
    assert address in text(client.get("/office/"))
    assert act(client, "bankfile", file.pk, "recalls", reason=" ").status_code == 400
    assert act(client, "bankfile", file.pk, "recalls", reason="ordine reso").status_code == 302
    assert "Transfers that were called back" not in text(client.get("/office/"))
    assert act(browser(people.owner), "bankfile", file.pk, "recalls", reason="x").status_code == 302  # to the log-in
    assert AuditLine.objects.filter(action="recalls looked at").count() == 1


def test_more_than_are_shown_have_a_list(people):
    order = paid_order(people.account)
    for number in range(7):
        Payment.objects.create(order=order, provider="bank", reference=f"s{number}", amount_cents=100, state="succeeded", surplus=True)
    listed = f"/office/billing/order/?id__in={order.pk}"
    assert listed in text(office().get("/office/"))
    assert f"/office/billing/order/{order.pk}/change/" in text(office().get(listed))


def test_what_was_done_to_one_order_is_found_alone(people):
    for number in (1, 12, 100):
        audit.record(None, "cancel order", f"order {number}", reason=f"perché {number}")
    client = office()
    page = text(client.get("/office/accounts/auditline/?q=order+1"))
    assert ("perché 1<" in page, "perché 12" in page, "perché 100" in page) == (True, False, False)
    assert "perché 12" in text(client.get("/office/accounts/auditline/?q=perch%C3%A9+12"))
