"""FatturaPA for every kind of buyer, read back by a38; sums in XML and lines agree to the cent."""

from dataclasses import replace
from decimal import Decimal

import a38.fattura
import pytest
from a38.validation import Validation
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from staffetta.billing import vat
from staffetta.billing.invoices import fatturapa
from staffetta.billing.invoices.document import Document, Line, Party, Vat, from_data
from tests.db.invoicing import BUYERS, SELLER, invoiced

pytestmark = pytest.mark.django_db

# kind: (format, recipient, tax number or code as read, Natura, EsigibilitaIVA, total, to be paid)
EXPECTED = {
    "company": ("FPR12", "ABC1234", "01234560371", None, "I", "91.50", "91.50"),
    "company by PEC": ("FPR12", "0000000", "01234560371", None, "I", "91.50", "91.50"),
    "person": ("FPR12", "0000000", "RSSMRA80A01H501U", None, "I", "91.50", "91.50"),
    "public body": ("FPA12", "UF1234", "01232710374", None, "S", "91.50", "75.00"),
    "company in the EU": ("FPR12", "XXXXXXX", "136695976", "N2.1", None, "75.00", "75.00"),
    "person in the EU": ("FPR12", "XXXXXXX", "0000000", None, "I", "91.50", "91.50"),
    "company abroad": ("FPR12", "XXXXXXX", "OO99999999999", "N2.1", None, "75.00", "75.00"),
}


def read(xml: bytes) -> a38.fattura.Fattura:
    """Return the invoice as a38 reads it, with nothing to complain of."""
    found = a38.fattura.auto_from_etree(etree.fromstring(xml))
    validation = Validation()
    found.validate(validation)
    # a38 wants a PEC beside seven zeros; the format does not: the invoice then waits in the buyer's area at the Agenzia.
    assert [str(each) for each in [*validation.errors, *validation.warnings] if each.code != "00426"] == []
    return found


@pytest.mark.parametrize("kind", BUYERS)
def test_it_is_read_back(people, kind):
    found = read(bytes(invoiced(people.account, kind=kind).xml))
    header, body = found.fattura_elettronica_header, found.fattura_elettronica_body[0]
    sent, bought = header.dati_trasmissione, header.cessionario_committente.dati_anagrafici
    number = bought.id_fiscale_iva.id_codice or bought.codice_fiscale
    goods = body.dati_beni_servizi
    summary = goods.dati_riepilogo[0]
    general = body.dati_generali.dati_generali_documento
    assert (
        sent.formato_trasmissione,
        sent.codice_destinatario,
        number,
        summary.natura,
        summary.esigibilita_iva,
        str(general.importo_totale_documento),
        str(body.dati_pagamento[0].dettaglio_pagamento[0].importo_pagamento),
    ) == EXPECTED[kind]
    assert sum(line.prezzo_totale for line in goods.dettaglio_linee) == summary.imponibile_importo
    assert body.dati_pagamento[0].dettaglio_pagamento[0].modalita_pagamento == "MP08"
    assert bool(summary.riferimento_normativo) == (kind in {"public body", "company in the EU", "company abroad"})


@pytest.mark.parametrize("kind", BUYERS)
def test_elements_stand_in_the_order_of_the_schema(people, kind):
    """The exchange system refuses a file whose elements change places; a38 writes them as the schema has them."""
    xml = bytes(invoiced(people.account, kind=kind).xml)
    assert elements(etree.fromstring(xml)) == elements(read(xml).build_etree(lxml=True).getroot())


def elements(root: etree._Element) -> list[tuple[str, str]]:
    return [(etree.QName(each).localname, (each.text or "").strip()) for each in root.iter()]


def test_names_are_written_in_the_letters_of_the_format(people):
    abroad = bytes(invoiced(people.account, kind="person in the EU").xml).decode()
    assert "<Denominazione>Lukasz Zólc</Denominazione>" in abroad
    assert "<Comune>00-001 Lódz</Comune>" in abroad
    assert "<Indirizzo>Via dell'Indipendenza 8</Indirizzo>" in abroad
    assert all(ord(letter) < 256 for letter in abroad)


def test_the_pec_stands_only_where_there_is_no_code(people):
    assert "<PECDestinatario>bruni@pec.example.it</PECDestinatario>" in bytes(invoiced(people.account, kind="company by PEC").xml).decode()


@settings(max_examples=60, deadline=None)
@given(
    list_cents=st.integers(1, 10_000_000),
    off_bp=st.integers(0, 9_999),
    bp=st.sampled_from([0, 400, 1_000, 2_200]),
    split=st.booleans(),
    name=st.text(min_size=1, max_size=120).filter(lambda text: text.strip()),
)
def test_every_cent_is_there(list_cents, off_bp, bp, split, name):
    net_cents = max(1, list_cents - list_cents * off_bp // 10_000)
    seller = Party(
        **{name: value for name, value in SELLER.items() if name != "company"}
        | {"name": "S", "kind": "company", "country": "IT", "regime": "RF01"}
    )
    bought = Party("company", name, name, "40121", name, "BO", "IT", "01234560371", "01234560371", "", "ABC1234")
    regime = ("split" if split else "standard") if bp else "reverse"
    document = Document(
        "invoice",
        "1/2026",
        "2026-11-22",
        "it",
        seller,
        bought,
        (Line(name, name, list_cents, net_cents),),
        Vat(regime, bp, vat.of(net_cents, bp)),
        1,
        "card",
    )
    found = read(fatturapa.render(document, "00001"))
    body = found.fattura_elettronica_body[0]
    summary, line = body.dati_beni_servizi.dati_riepilogo[0], body.dati_beni_servizi.dettaglio_linee[0]
    off = sum((each.importo for each in line.sconto_maggiorazione), Decimal(0))
    assert line.prezzo_unitario - off == line.prezzo_totale == summary.imponibile_importo == Decimal(document.net_cents) / 100
    assert summary.imponibile_importo + summary.imposta == body.dati_generali.dati_generali_documento.importo_totale_documento
    assert abs(summary.imposta - summary.imponibile_importo * summary.aliquota_iva / 100) <= Decimal("0.005")
    owed = document.net_cents > 7_747 and not bp
    assert (body.dati_generali.dati_generali_documento.dati_bollo.bollo_virtuale == "SI") == owed


def test_the_day_of_the_payment_is_told_where_it_is_another(people):
    document = from_data(invoiced(people.account).data)
    cause = "FatturaElettronicaBody/DatiGenerali/DatiGeneraliDocumento/Causale"
    assert "pagamento" not in etree.fromstring(fatturapa.render(document, "00001")).findtext(cause)
    earlier = replace(document, paid_on="2026-10-31")
    assert etree.fromstring(fatturapa.render(earlier, "00001")).findtext(cause).endswith("pagamento del 31/10/2026")
