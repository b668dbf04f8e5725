"""Orders in the back office: found as people write them, and what the staff may do about one."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from staffetta.accounts.models import AuditLine
from staffetta.billing import cardnotices, ledger, ordersearch, reasoncode, refunds
from staffetta.billing.bank import reading
from staffetta.billing.errors import OrderAmbiguous, OrderNotFound, ReturnedByProvider
from staffetta.billing.models import Invoice, Payment, Proof
from staffetta.lib.money import CREDIT_E4
from tests.db.invoicing import make_seller, paid_order
from tests.db.money import make_order, make_profile, pay
from tests.db.office import PNG, act, camt, code, entry, office
from tests.db.portal import browser, text

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["owner", "accounts"])
def client(request):
    return office(request.param)


def paid_by_bank(account, key="k1"):
    order = make_order(account, key=key, way="transfer")
    reading.read(camt(entry(order.payable_cents, code(order), reference=f"REF-{key}")), f"{key}.xml", "bank", None, None)
    order.refresh_from_db()
    return order


def test_it_works(client, people):
    order = paid_by_bank(people.account)
    page = text(client.get(f"/office/billing/order/{order.pk}/change/"))
    for said in ("Ferramenta Bruni", reasoncode.shown(order.pk), "€91.50", "Came in", "IT60X0542811101000000123456", "Give the order back"):
        assert said in page
    assert "Cancel the order" not in page


def test_it_requires_staff(people):
    order = make_order(people.account)
    for address in (f"/office/billing/order/{order.pk}/change/", "/office/billing/order/", "/office/"):
        assert browser().get(address).status_code == 302
        assert browser(people.owner).get(address).status_code == 302
    assert act(browser(people.owner), "order", order.pk, "cancel", reason="x").status_code == 302
    order.refresh_from_db()
    assert order.state == "created"


@pytest.mark.parametrize("written", ["{code}", "rf{rest}", "RF {spaced}", "n. {pk}", "#{pk}", "bruni", "Ferramenta"])
def test_orders_are_found_as_people_write_them(client, people, written):
    order, other = make_order(people.account), make_order(people.other_account)
    shown = reasoncode.shown(order.pk)
    asked = written.format(code=shown, rest=code(order)[2:].lower(), spaced="-".join(code(order)[2:]), pk=order.pk)
    assert list(ordersearch.found(asked)) == [order]
    page = text(client.get("/office/billing/order/", {"q": asked}))
    assert f"/office/billing/order/{order.pk}/change/" in page
    assert f"/office/billing/order/{other.pk}/change/" not in page


def test_one_order_is_meant_or_the_search_says_which_fit(people):
    first, second = (make_order(people.account, key=key) for key in "ab")
    with pytest.raises(OrderAmbiguous) as refusal:
        ordersearch.one("bruni")
    assert f"{second.pk} (Ferramenta Bruni, " in str(refusal.value)
    pay(first)
    assert ordersearch.one("Ferramenta Bruni") == second
    for text_ in ("nessuno", "", "99999"):
        with pytest.raises(OrderNotFound):
            ordersearch.one(text_)


def test_the_list_can_be_filtered(client, people):
    waiting, paid = make_order(people.account, key="a", way="transfer"), paid_order(people.account, key="b")
    page = text(client.get("/office/billing/order/?state=paid"))
    assert f"order/{paid.pk}/change" in page
    assert f"order/{waiting.pk}/change" not in page
    assert f"order/{waiting.pk}/change" in text(client.get("/office/billing/order/?way=transfer"))
    assert f"order/{paid.pk}/change" in text(client.get(f"/office/billing/order/?account__id__exact={people.account.pk}"))


def test_a_transfer_is_given_back_and_its_money_noted_as_returned(client, people):
    order = paid_by_bank(people.account)
    assert ledger.wallet(people.account.pk).balance_e4 == 2_000 * CREDIT_E4
    response = act(client, "order", order.pk, "refund", reason=" ")
    assert response.status_code == 400
    assert ledger.wallet(people.account.pk).balance_e4 == 2_000 * CREDIT_E4
    assert act(client, "order", order.pk, "refund", reason="Ordinato per errore").status_code == 302
    assert ledger.wallet(people.account.pk).balance_e4 == 1_000 * CREDIT_E4
    line = AuditLine.objects.get(action="refund")
    assert (line.before, line.address) == ({"state": "paid", "balance_e4": 2_000 * CREDIT_E4}, "127.0.0.1")
    assert line.after == {"state": "refunded", "balance_e4": 1_000 * CREDIT_E4, "to_return_cents": order.payable_cents}
    assert "Money to return by hand" in text(client.get("/office/"))
    assert "IT60X0542811101000000123456" in text(client.get("/office/"))
    assert act(client, "order", order.pk, "returned", reason="bonifico del 22").status_code == 302
    assert Payment.objects.get(order=order).state == "refunded"
    line = AuditLine.objects.get(action="money returned")
    assert (line.before, line.after, line.reason) == ({"state": "refunding"}, {"state": "refunded"}, "bonifico del 22")
    assert "Money to return by hand" not in text(client.get("/office/"))
    assert act(client, "order", order.pk, "refund", reason="Ancora").status_code == 400


def test_the_staff_do_not_return_what_the_card_service_returns(client, people):
    order = paid_order(people.account)
    refunds.refund(order.pk, None, "prova")
    payment = Payment.objects.get(order=order)
    assert "Mark the money as returned" not in text(client.get(f"/office/billing/order/{order.pk}/change/"))
    with pytest.raises(ReturnedByProvider):
        refunds.returned_by_hand(payment.pk, None)
    cardnotices.not_given_back(payment)
    assert act(client, "order", order.pk, "returned", reason="").status_code == 302
    payment.refresh_from_db()
    assert payment.state == "refunded"


def test_a_surplus_is_returned_with_a_reason(client, people):
    order = paid_by_bank(people.account)
    again = Payment.objects.create(
        order=order, provider="bank", reference="twice", amount_cents=order.payable_cents, state="succeeded", surplus=True
    )
    assert "Paid twice" in text(client.get("/office/"))
    assert act(client, "order", order.pk, "surplus", reason="").status_code == 400
    assert act(client, "order", order.pk, "surplus", reason="Pagato due volte").status_code == 302
    again.refresh_from_db()
    assert again.state == "refunding"
    assert ledger.wallet(people.account.pk).balance_e4 == 2_000 * CREDIT_E4


def test_an_unpaid_order_is_cancelled_with_a_reason(client, people):
    order = make_order(people.account, way="transfer")
    assert act(client, "order", order.pk, "cancel", reason="").status_code == 400
    assert act(client, "order", order.pk, "cancel", reason="Doppio").status_code == 302
    order.refresh_from_db()
    assert order.state == "cancelled"
    line = AuditLine.objects.get(action="cancel order")
    assert (line.before, line.after, line.reason) == ({"state": "waiting"}, {"state": "cancelled"}, "Doppio")
    response = act(client, "order", order.pk, "cancel", reason="Doppio due")
    assert response.status_code == 400
    assert "Doppio due" in text(response)


def test_a_receipt_that_came_by_mail_is_attached(client, people):
    order = make_order(people.account, way="transfer")
    response = act(client, "order", order.pk, "attach", file=SimpleUploadedFile("x.txt", b"niente"), note="arrivata ieri")
    assert response.status_code == 400
    assert "neither a PDF nor a JPEG or PNG" in text(response)
    assert "arrivata ieri" in text(response)
    assert act(client, "order", order.pk, "attach", file=SimpleUploadedFile("x.png", PNG), note="").status_code == 302
    assert Proof.objects.get().by_staff


def test_an_invoice_that_waits_is_issued_now(client, people):
    make_seller()
    order = paid_order(people.account)
    response = act(client, "order", order.pk, "issue")
    assert response.status_code == 400
    assert "incomplete" in text(response)
    make_profile(people.account)
    assert act(client, "order", order.pk, "issue").status_code == 302
    assert Invoice.objects.get().order == order
    assert AuditLine.objects.get(action="issue invoice").after == {
        "order": order.pk,
        "state": "issued",
        "file": Invoice.objects.get().xml_name,
    }


def test_an_unknown_act_or_order_is_not_found(client, people):
    order = make_order(people.account)
    assert act(client, "order", order.pk, "nothing").status_code == 404
    assert act(client, "order", order.pk + 1, "cancel", reason="x").status_code == 404
    assert client.get(f"/office/billing/order/{order.pk}/do/cancel/").status_code == 302
    assert client.post(f"/office/billing/order/{order.pk}/change/", {"state": "paid"}).status_code == 403
