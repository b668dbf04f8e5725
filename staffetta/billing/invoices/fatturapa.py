"""Write a document as FatturaPA 1.2 (FPR12 for all, FPA12 for public bodies). Pure: elements in the order of the official schema.

Names stand whole in Denominazione, also a person's: one name cannot be parted into Nome and Cognome without mistakes.
"""

from datetime import date
from decimal import Decimal

from lxml import etree

from staffetta.billing.invoices import codes
from staffetta.billing.invoices.document import Document, Line, Party
from staffetta.billing.invoices.latin import field, latin

NAMESPACE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"
ABROAD, NO_CODE = "XXXXXXX", "0000000"
# What the Agenzia delle Entrate asks for where a buyer abroad has no VAT number: a company outside the EU, or a person.
_NO_VAT_COMPANY, _NO_VAT_PERSON = "OO99999999999", "0000000"


def render(document: Document, progressive: str) -> bytes:
    """Return the file that goes to SDI, under this ProgressivoInvio."""
    root = etree.Element(f"{{{NAMESPACE}}}FatturaElettronica", nsmap={"p": NAMESPACE}, versione=_format(document))
    header = _add(root, "FatturaElettronicaHeader")
    _transmission(header, document, progressive)
    _seller(header, document.seller)
    _buyer(header, document.buyer)
    body = _add(root, "FatturaElettronicaBody")
    _general(body, document)
    _goods(body, document)
    if document.kind == "invoice":
        _payment(body, document)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def sender_code(seller: Party) -> str:
    """Return who sends, as SDI knows them: the tax code, which for a company is its partita IVA."""
    return seller.tax_code or seller.vat_number


def file_name(seller: Party, progressive: str) -> str:
    """Return the name that SDI asks for: country, sender, underscore, progressive."""
    return f"IT{sender_code(seller)}_{progressive}.xml"


def _format(document: Document) -> str:
    return "FPA12" if document.buyer.kind == "public" and document.buyer.country == "IT" else "FPR12"


def _transmission(header: etree._Element, document: Document, progressive: str) -> None:
    buyer, block = document.buyer, _add(header, "DatiTrasmissione")
    _identifier(block, "IdTrasmittente", "IT", sender_code(document.seller))
    _add(block, "ProgressivoInvio", progressive)
    _add(block, "FormatoTrasmissione", _format(document))
    code = (buyer.sdi_code or NO_CODE) if buyer.country == "IT" else ABROAD
    _add(block, "CodiceDestinatario", code)
    if code == NO_CODE and buyer.pec:
        _add(block, "PECDestinatario", field(buyer.pec, 256))


def _seller(header: etree._Element, seller: Party) -> None:
    block = _add(header, "CedentePrestatore")
    person = _add(block, "DatiAnagrafici")
    _identifier(person, "IdFiscaleIVA", "IT", seller.vat_number)
    if seller.tax_code:
        _add(person, "CodiceFiscale", seller.tax_code)
    _add(_add(person, "Anagrafica"), "Denominazione", field(seller.name, 80))
    _add(person, "RegimeFiscale", seller.regime)
    _place(block, seller)
    telephone = "".join(each for each in seller.telephone if each.isdigit() or each == "+")
    if seller.email or 5 <= len(telephone) <= 12:
        contacts = _add(block, "Contatti")
        if 5 <= len(telephone) <= 12:
            _add(contacts, "Telefono", telephone)
        if seller.email:
            _add(contacts, "Email", field(seller.email, 256))


def _buyer(header: etree._Element, buyer: Party) -> None:
    block = _add(header, "CessionarioCommittente")
    person = _add(block, "DatiAnagrafici")
    if buyer.country == "IT":
        if buyer.vat_number and buyer.kind != "person":
            _identifier(person, "IdFiscaleIVA", "IT", buyer.vat_number)
        if buyer.tax_code:
            _add(person, "CodiceFiscale", buyer.tax_code)
    else:
        _identifier(person, "IdFiscaleIVA", buyer.country, _foreign_number(buyer))
    _add(_add(person, "Anagrafica"), "Denominazione", field(buyer.name, 80))
    _place(block, buyer)


def _foreign_number(buyer: Party) -> str:
    # Greece writes EL before its VAT numbers and GR everywhere else.
    bare = buyer.vat_number.removeprefix("EL" if buyer.country == "GR" else buyer.country)
    return field(bare or (_NO_VAT_PERSON if buyer.kind == "person" else _NO_VAT_COMPANY), 28)


def _place(block: etree._Element, party: Party) -> None:
    place = _add(block, "Sede")
    _add(place, "Indirizzo", field(party.street, 60))
    # The field takes five digits: abroad, zeros, and the postcode before the town.
    italian = party.country == "IT"
    _add(place, "CAP", party.postcode if italian else "00000")
    _add(place, "Comune", field(party.city if italian else f"{party.postcode} {party.city}", 60))
    if italian:
        _add(place, "Provincia", party.province)
    _add(place, "Nazione", party.country)


def _general(body: etree._Element, document: Document) -> None:
    block = _add(body, "DatiGenerali")
    general = _add(block, "DatiGeneraliDocumento")
    _add(general, "TipoDocumento", codes.DOCUMENTS[document.kind])
    _add(general, "Divisa", "EUR")
    _add(general, "Data", document.day)
    _add(general, "Numero", field(document.number, 20))
    if document.stamp_cents:
        stamp = _add(general, "DatiBollo")
        _add(stamp, "BolloVirtuale", "SI")
        _add(stamp, "ImportoBollo", _euro(document.stamp_cents))
    _add(general, "ImportoTotaleDocumento", _euro(document.total_cents))
    _add(general, "Causale", _cause(document))
    if document.kind == "note":
        corrected = _add(block, "DatiFattureCollegate")
        _add(corrected, "IdDocumento", field(document.corrects, 20))
        _add(corrected, "Data", document.corrects_day)


def _cause(document: Document) -> str:
    if document.kind == "note":
        return field(f"Storno della fattura {document.corrects} del {document.corrects_day}, ordine {document.order}", 200)
    # Art. 21 c. 2 lett. g-bis D.P.R. 633/1972: the day of the payment is told where it is not the day of issue.
    other_day = document.paid_on if document.paid_on != document.day else ""
    paid = f", pagamento del {date.fromisoformat(other_day):%d/%m/%Y}" if other_day else ""
    return field(f"Crediti per l'invio di SMS, ordine {document.order}{paid}", 200)


def _goods(body: etree._Element, document: Document) -> None:
    block = _add(body, "DatiBeniServizi")
    for number, line in enumerate(document.lines, 1):
        _line(block, number, line, document)
    summary = _add(block, "DatiRiepilogo")
    _rate(summary, document)
    _add(summary, "ImponibileImporto", _euro(document.net_cents))
    _add(summary, "Imposta", _euro(document.vat.cents))
    if due := codes.due_by(document):
        _add(summary, "EsigibilitaIVA", due)
    if law := codes.law(document):
        _add(summary, "RiferimentoNormativo", field(law, 100))


def _line(block: etree._Element, number: int, line: Line, document: Document) -> None:
    row = _add(block, "DettaglioLinee")
    _add(row, "NumeroLinea", str(number))
    _add(row, "Descrizione", field(line.text_it, 1000))
    _add(row, "Quantita", "1.00")
    _add(row, "UnitaMisura", "PZ")
    _add(row, "PrezzoUnitario", _euro(line.list_cents))
    if line.list_cents > line.net_cents:
        discount = _add(row, "ScontoMaggiorazione")
        _add(discount, "Tipo", "SC")
        _add(discount, "Importo", _euro(line.list_cents - line.net_cents))
    _add(row, "PrezzoTotale", _euro(line.net_cents))
    _rate(row, document)


def _rate(block: etree._Element, document: Document) -> None:
    _add(block, "AliquotaIVA", _euro(document.vat.bp))  # hundredths of a percent, as cents are of a euro
    if nature := codes.natura(document):
        _add(block, "Natura", nature)


def _payment(body: etree._Element, document: Document) -> None:
    block = _add(body, "DatiPagamento")
    _add(block, "CondizioniPagamento", codes.PAID_WHOLE)
    row = _add(block, "DettaglioPagamento")
    _add(row, "ModalitaPagamento", codes.WAYS[document.way])
    if document.paid_on:
        _add(row, "DataScadenzaPagamento", document.paid_on)
    _add(row, "ImportoPagamento", _euro(document.payable_cents))


def _identifier(parent: etree._Element, name: str, country: str, code: str) -> None:
    block = _add(parent, name)
    _add(block, "IdPaese", country)
    _add(block, "IdCodice", code)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    made = etree.SubElement(parent, name)
    if text is not None:
        made.text = latin(text)
    return made


def _euro(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"
