"""The codes of FatturaPA that our sales need, and the law they stand for. Pure tables.

Source: Agenzia delle Entrate, specifiche tecniche 1.9 of the electronic invoice (TipoDocumento, Natura, ModalitaPagamento).
"""

from staffetta.billing.invoices.document import Document

DOCUMENTS = {"invoice": "TD01", "note": "TD04"}
WAYS = {"card": "MP08", "transfer": "MP05", "slip": "MP18"}
PAID_WHOLE = "TP02"

_NOT_SUBJECT = "Art. 7-ter D.P.R. 633/1972"
# (Natura, RiferimentoNormativo), of what is sold without VAT; art. 21 (6-bis) gives the words.
_WITHOUT = {
    "reverse": ("N2.1", f"Inversione contabile - {_NOT_SUBJECT}"),
    "outside": ("N2.1", f"Operazione non soggetta - {_NOT_SUBJECT}"),
    "standard": ("N2.2", "Operazione senza IVA, art. 1 commi 54-89 L. 190/2014, regime forfettario"),
}
_SPLIT = "Scissione dei pagamenti - art. 17-ter D.P.R. 633/1972"


def natura(document: Document) -> str:
    """Return why there is no VAT; blank where there is."""
    return "" if document.vat.bp else _WITHOUT[document.vat.regime][0]


def law(document: Document) -> str:
    """Return the law that makes the VAT other than the ordinary; blank where it is ordinary."""
    if document.vat.regime == "split":
        return _SPLIT
    return "" if document.vat.bp else _WITHOUT[document.vat.regime][1]


def due_by(document: Document) -> str:
    """Return EsigibilitaIVA: at once, by split payment, or blank without VAT."""
    if not document.vat.bp:
        return ""
    return "S" if document.vat.regime == "split" else "I"
