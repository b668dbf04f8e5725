"""What stands on the PDF of an invoice, a credit note and a pro-forma, in both languages; the same sums as in the XML."""

from dataclasses import replace

import pytest
from django.utils import translation

from staffetta.billing import reasoncode, refunds, salessettings
from staffetta.billing.invoices import note, pdf, proforma
from staffetta.billing.invoices.document import Line, from_data
from staffetta.lib.money import euro
from tests.db.invoicing import BUYERS, invoiced, make_seller
from tests.db.money import make_order
from tests.db.pdftext import words

pytestmark = pytest.mark.django_db
SAID = {
    "public body": "Scissione dei pagamenti",
    "company in the EU": "Inversione contabile",
    "company abroad": "Operazione non soggetta",
}


@pytest.mark.parametrize("kind", BUYERS)
def test_it_works(people, kind):
    made = invoiced(people.account, kind=kind)
    said, document = words(bytes(made.pdf)), from_data(made.data)
    with translation.override("it"):
        for cents in (document.net_cents, document.vat.cents, document.total_cents):
            assert euro(cents).replace("\xa0", " ") in said.replace("\xa0", " ")
        assert f"Fattura {made.shown_number}" in said
        assert "Pagato" in said
    assert SAID.get(kind, "Venditore") in said
    assert ("Copia analogica" in said) == (document.buyer.country == "IT")


def test_it_speaks_english_to_who_does(people):
    type(people.owner).objects.filter(pk=people.owner.pk).update(language="en")
    said = words(bytes(invoiced(people.account).pdf))
    assert "Invoice 1/" in said
    assert "Taxable amount" in said
    assert "Imponibile" not in said


def test_a_credit_note_names_what_it_takes_back(people):
    made = invoiced(people.account)
    refunds.refund(made.order_id, None, "chiesto")
    said = words(bytes(note.correct(made.order_id).pdf))
    assert f"la fattura {made.shown_number}" in said


def test_a_proforma_cannot_be_taken_for_an_invoice(people):
    make_seller()
    salessettings.change(
        holder="Staffetta S.r.l.", iban="IT60X0542811101000000123456", postal_account="1234567", postal_holder="Posta S.r.l."
    )
    order = make_order(people.account, way="transfer")
    said = words(proforma.render(order))
    assert "Questa è una pro-forma e non una fattura" in said
    assert "IT60 X054 2811 1010 0000 0123 456" in said
    assert reasoncode.shown(order.pk) in said
    assert "Fattura" not in said
    slip = words(proforma.render(make_order(people.account, key="slip", way="slip")))
    assert "1234567" in slip
    assert "IT60" not in slip


def test_any_name_can_be_drawn_and_is_no_markup(people):
    document = from_data(invoiced(people.account).data)
    odd = replace(document.buyer, name="<b>Łódź & Figli</b> " + "x" * 300, street="Ελλάδα")
    said = words(pdf.render(replace(document, buyer=odd, lines=(Line("<i>SMS</i> “100”", "x", 200, 100),) * 40)))
    assert "<b>Lódz & Figli</b>" in said.replace("\n", "")
    assert "Ellada" in said
    assert said.count("Sconto") == 40
    assert "Pagina 2" in said
