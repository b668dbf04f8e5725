"""Invoices: issued once for what is paid, with data that are there; credit notes; mails; the customer's pages."""

from datetime import date, timedelta

import pytest
from django.core import mail as outbox
from django.db import DatabaseError, transaction

from staffetta import doctor
from staffetta.accounts import operator, profile
from staffetta.billing import ledger, refunds, salessettings
from staffetta.billing.invoices import issue, mailing, note, proforma, waiting
from staffetta.billing.invoices.errors import NothingToCorrect, NothingToPayFor, OrderNotPaid, SellerIncomplete, SeriesIsLater, VatChanged
from staffetta.billing.jobs import issue_invoices, mail_invoices
from staffetta.billing.models import Invoice, Order, SalesSettings
from staffetta.lib import clock
from tests.db.invoicing import BUYERS, buyer, invoiced, make_seller, paid_order
from tests.db.money import make_order, make_profile
from tests.db.portal import asks_for_login, browser, hides_from, text
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(people: People) -> People:
    make_seller()
    type(people.owner).objects.filter(pk=people.owner.pk).update(email="anna@bruni.example", language="it")
    return people


def given_back(order: Order) -> None:
    refunds.refund(order.pk, None, "chiesto dal cliente")


def long_ago(order: Order, days: int) -> None:
    Order.objects.filter(pk=order.pk).update(paid_at=clock.now() - timedelta(days=days))


def test_it_works(seller):
    make_profile(seller.account)
    order = paid_order(seller.account)
    assert issue.run() == 1
    made = Invoice.objects.get()
    assert (made.order, made.number, made.year, made.state) == (order, 1, made.issued_on.year, "issued")
    assert (made.net_cents, made.vat_cents) == (order.net_cents, order.vat_cents)
    assert bytes(made.pdf).startswith(b"%PDF")
    assert made.shown_number.encode() in bytes(made.xml)
    assert made.xml_name == "IT01234560371_00001.xml"


def test_it_is_idempotent(seller):
    make_profile(seller.account)
    order = paid_order(seller.account)
    assert issue.issue(order.pk) == issue.issue(order.pk)
    assert issue.run() == 0
    assert Invoice.objects.count() == 1


def test_numbers_follow_one_another_and_begin_anew_each_year(seller):
    make_profile(seller.account)
    days = [date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1)]
    made = [issue.issue(paid_order(seller.account, f"k{n}").pk, day) for n, day in enumerate(days)]
    assert [each.shown_number for each in made] == ["1/2026", "2/2026", "1/2027"]
    assert len({each.xml_name for each in made}) == 3


def test_dates_never_go_back(seller):
    make_profile(seller.account)
    issue.issue(paid_order(seller.account, "a").pk, date(2026, 11, 22))
    later = paid_order(seller.account, "b")
    with pytest.raises(SeriesIsLater):
        issue.issue(later.pk, date(2026, 11, 21))
    assert issue.issue(later.pk, date(2026, 11, 22)).number == 2  # what was refused left no gap


def test_letters_stand_before_the_number(seller):
    salessettings.change(invoice_prefix="SMS")
    assert invoiced(seller.account).shown_number == f"SMS-1/{date.today().year}"


def test_only_what_is_paid_is_invoiced(seller):
    make_profile(seller.account)
    with pytest.raises(OrderNotPaid):
        issue.issue(make_order(seller.account, way="transfer").pk)


def test_it_waits_so_many_days(seller):
    make_profile(seller.account)
    salessettings.change(invoice_delay_days=3)
    order = paid_order(seller.account)
    assert issue.run() == 0
    long_ago(order, 3)
    assert issue.run() == 1


def test_what_the_profile_lacks_is_asked_for_and_the_invoice_follows(seller):
    order = paid_order(seller.account)
    assert (issue.run(), waiting.ask(), waiting.ask()) == (0, 1, 0)
    assert [each.to for each in outbox.outbox] == [["anna@bruni.example"]]
    assert "/profile/" in outbox.outbox[0].body or "profil" in outbox.outbox[0].body
    Order.objects.filter(pk=order.pk).update(profile_asked_at=clock.now() - timedelta(days=6))
    assert (waiting.ask(), waiting.ask()) == (1, 0)
    make_profile(seller.account)
    assert issue.run() == 1


def test_nobody_is_asked_for_ever(seller):
    order = paid_order(seller.account)
    waiting.ask()
    Order.objects.filter(pk=order.pk).update(profile_asked_at=clock.now() - timedelta(days=6))
    long_ago(order, 40)
    assert waiting.ask() == 0


def test_without_the_sellers_data_nothing_is_issued_and_the_staff_are_told(people):
    operator.change(email="gestore@staffetta.example")
    make_profile(people.account)
    order = paid_order(people.account)
    assert issue.run() == 0
    with pytest.raises(SellerIncomplete, match="azienda, Partita IVA"):
        issue.issue(order.pk)
    assert waiting.tell_staff()
    assert "azienda, Partita IVA" in outbox.outbox[0].body
    assert not Invoice.objects.exists()


def test_the_staff_are_not_told_of_nothing(seller):
    invoiced(seller.account)
    assert not waiting.tell_staff()


def test_the_flat_rate_scheme_goes_with_no_vat_and_only_with_it(seller):
    make_profile(seller.account)
    operator.change(tax_regime="RF19")
    with pytest.raises(SellerIncomplete, match="regime fiscale"):
        issue.issue(paid_order(seller.account, "a").pk)
    SalesSettings.objects.update(vat_bp=0)
    made = issue.issue(paid_order(seller.account, "b").pk)
    assert b"<Natura>N2.2</Natura>" in bytes(made.xml)


def test_who_was_sold_to_without_vat_must_still_be_one_who_needs_none(seller):
    buyer(seller.account, "company in the EU")
    order = paid_order(seller.account)
    buyer(seller.account, "company")
    with pytest.raises(VatChanged, match="inversione contabile") as refused:
        issue.issue(order.pk)
    assert "standard" not in str(refused.value)
    long_ago(order, 2)
    assert (waiting.held_up().orders, waiting.held_up().changed) == ([], [order])
    assert (waiting.ask(), waiting.ask()) == (1, 0)
    (sent,) = outbox.outbox
    assert f"(ordine {order.pk})" in sent.body
    assert waiting.tell_staff()
    assert f"- {order.pk}, {order.account}" in outbox.outbox[1].body


def test_what_the_staff_have_yet_to_look_at_is_not_asked_of_the_customer(seller):
    buyer(seller.account, "company in the EU")
    order = paid_order(seller.account)
    profile.change(seller.account, **BUYERS["company in the EU"] | {"vat_number": "129273398"})
    assert waiting.ask() == 0
    long_ago(order, 2)
    assert waiting.held_up().changed == [order]


def test_an_invoice_never_changes(seller):
    made = invoiced(seller.account)
    profile.change(seller.account, **BUYERS["company"] | {"name": "Altro nome"})
    with pytest.raises(DatabaseError), transaction.atomic():
        Invoice.objects.filter(pk=made.pk).update(data={})
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()
    made.refresh_from_db()
    assert made.data["buyer"]["name"] == "Ferramenta Bruni S.r.l."


def test_a_credit_note_takes_an_invoice_back_once(seller):
    made = invoiced(seller.account)
    given_back(made.order)
    assert (note.run(), note.run()) == (1, 0)
    found = Invoice.objects.get(kind="note")
    assert (found.corrects, found.number, found.net_cents) == (made, made.number + 1, made.net_cents)
    assert note.correct(made.order_id) == found
    written = bytes(found.xml).decode()
    assert "<TipoDocumento>TD04</TipoDocumento>" in written
    assert f"<IdDocumento>{made.shown_number}</IdDocumento>" in written


def test_what_was_never_invoiced_needs_no_note(seller):
    make_profile(seller.account)
    order = paid_order(seller.account)
    given_back(order)
    assert (issue.run(), note.run()) == (0, 0)
    with pytest.raises(NothingToCorrect):
        note.correct(order.pk)


def test_a_rejected_invoice_is_put_right_before_it_is_taken_back(seller):
    made = invoiced(seller.account)
    Invoice.objects.update(state="rejected")
    given_back(made.order)
    assert note.run() == 0


def test_it_is_mailed_once_with_both_files(seller):
    make_profile(seller.account)
    paid_order(seller.account)
    for _twice in range(2):
        issue_invoices(0)
        mail_invoices(0)
    (sent,) = outbox.outbox
    made = Invoice.objects.get()
    assert sent.to == ["anna@bruni.example"]
    assert "fattura" in sent.subject.lower()
    assert [(name, kind) for name, _, kind in sent.attachments] == [
        ("fattura-" + made.shown_number.replace("/", "-") + ".pdf", "application/pdf"),
        (made.xml_name, "application/xml"),
    ]
    assert made.mailed_at


def test_an_invoice_that_cannot_be_mailed_keeps_no_other(seller, caplog):
    type(seller.owner).objects.filter(pk=seller.owner.pk).update(email="anna@bruni.example\nBcc: x@y.example")
    make_profile(seller.account)
    make_profile(seller.other_account)
    type(seller.owner).objects.filter(account=seller.other_account).update(email="altra@bruni.example")
    first, second = (issue.issue(paid_order(each, "a").pk) for each in (seller.account, seller.other_account))
    assert mailing.run() == 1
    second.refresh_from_db()
    assert second.mailed_at
    assert f"invoice {first.pk} could not be mailed" in caplog.text


def test_who_cannot_be_asked_keeps_no_other_from_being_asked(seller, caplog):
    type(seller.owner).objects.filter(pk=seller.owner.pk).update(email="anna@bruni.example\nBcc: x@y.example")
    type(seller.owner).objects.filter(account=seller.other_account).update(email="altra@bruni.example")
    for account in (seller.account, seller.other_account):
        paid_order(account, "a")
    assert waiting.ask() == 1
    assert f"account {seller.account.pk} could not be asked" in caplog.text


def test_it_is_mailed_in_english_too(seller):
    type(seller.owner).objects.filter(pk=seller.owner.pk).update(language="en")
    invoiced(seller.account)
    mailing.run()
    assert "invoice" in outbox.outbox[0].subject
    assert "Thank you for your purchase" in outbox.outbox[0].body


def test_a_proforma_says_how_to_pay(seller):
    salessettings.change(holder="Staffetta S.r.l.", iban="IT60X0542811101000000123456", bank="Banca")
    order = make_order(seller.account, way="transfer")
    assert proforma.render(order).startswith(b"%PDF")
    with pytest.raises(NothingToPayFor):
        proforma.render(paid_order(seller.account, "paid"))


def test_the_page_lists_what_there_is(seller):
    made = invoiced(seller.account)
    given_back(made.order)
    note.run()
    paid_order(seller.account, "second")
    page = text(browser(seller.owner).get("/invoices/"))
    found = Invoice.objects.get(kind="note")
    assert f"Invoice {made.shown_number}" in page
    assert f"taken back by the credit note {found.shown_number}" in page
    assert f"takes back the invoice {made.shown_number}" in page
    assert "An invoice is still to come" in page
    assert "Your data are complete" in page


def test_the_page_asks_for_missing_data(seller):
    paid_order(seller.account)
    assert "Write your invoicing data" in text(browser(seller.owner).get("/invoices/"))


def test_home_asks_who_may_buy_for_missing_data(seller):
    asked = "An invoice waits for your invoicing data"
    assert asked not in text(browser(seller.owner).get("/home/"))
    paid_order(seller.account)
    assert asked in text(browser(seller.owner).get("/home/"))
    make_profile(seller.account)
    assert asked not in text(browser(seller.owner).get("/home/"))


def test_the_doctor_tells_what_holds_invoices_up(people):
    assert doctor._invoices().well
    paid_order(people.account)
    found = doctor._invoices()
    assert not found.well
    assert "company's data" in found.text


def test_files_are_given_under_their_names(seller):
    made = invoiced(seller.account)
    client = browser(seller.owner)
    pdf, xml = client.get(f"/invoices/{made.pk}/pdf"), client.get(f"/invoices/{made.pk}/xml")
    assert (pdf["Content-Type"], xml["Content-Type"]) == ("application/pdf", "application/xml")
    assert made.xml_name in xml["Content-Disposition"]
    assert (pdf.content, xml.content) == (bytes(made.pdf), bytes(made.xml))


def test_the_proforma_is_given_or_refused_on_the_orders_page(seller):
    client = browser(seller.owner)
    order = make_order(seller.account, way="transfer")
    assert client.get(f"/orders/{order.pk}/proforma.pdf")["Content-Type"] == "application/pdf"
    paid = paid_order(seller.account, "paid")
    assert client.get(f"/orders/{paid.pk}/proforma.pdf")["Location"] == f"/orders/{paid.pk}/"


def test_it_requires_login(seller):
    made = invoiced(seller.account)
    for address in ("/invoices/", f"/invoices/{made.pk}/pdf", f"/invoices/{made.pk}/xml", f"/orders/{made.order_id}/proforma.pdf"):
        assert asks_for_login(address)


def test_it_hides_other_accounts(seller):
    made = invoiced(seller.account)
    for address in (f"/invoices/{made.pk}/pdf", f"/invoices/{made.pk}/xml", f"/orders/{made.order_id}/proforma.pdf"):
        assert hides_from(seller.stranger, address)
    assert made.shown_number not in text(browser(seller.stranger).get("/invoices/"))


def test_who_may_not_buy_may_not_see(seller):
    made = invoiced(seller.account)
    type(seller.colleague).objects.filter(pk=seller.colleague.pk).update(role="sender")
    seller.colleague.refresh_from_db()
    assert browser(seller.colleague).get(f"/invoices/{made.pk}/pdf").status_code == 403


def test_credits_do_not_move(seller):
    make_profile(seller.account)
    paid_order(seller.account)
    before = ledger.wallet(seller.account.pk).balance_e4
    issue.run()
    assert ledger.wallet(seller.account.pk).balance_e4 == before
