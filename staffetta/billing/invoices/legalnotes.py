"""The sentences that the law wants on a document, and those that explain it, in the reader's language. Knows no layout."""

from django.utils.translation import gettext as _

from staffetta.billing.invoices.document import Document
from staffetta.lib.money import euro


def of(document: Document) -> list[str]:
    """Return the notes of a document, the weightiest first."""
    found = [_vat(document)]
    if document.kind == "proforma":
        return [each for each in found if each]
    if document.stamp_cents:
        found.append(
            _("Stamp duty of %(sum)s paid virtually by the seller (art. 6, D.M. 17 June 2014).") % {"sum": euro(document.stamp_cents)}
        )
    if document.buyer.country == "IT":
        found.append(
            _(
                "Courtesy copy (“copia analogica”): the invoice itself is the XML file, which goes through the exchange system (SDI)"
                " and is then in your reserved area on the site of the Agenzia delle Entrate."
            )
        )
    return [each for each in found if each]


def proforma() -> str:
    """Return what keeps a pro-forma from being taken for an invoice."""
    return _("This is a pro-forma and not an invoice: the invoice is issued after the payment, and comes by e-mail.")


def _vat(document: Document) -> str:
    regime = document.vat.regime
    if regime == "split":
        return _("Split payment (“scissione dei pagamenti”), art. 17-ter D.P.R. 633/1972: the public body pays the VAT to the state.")
    if document.vat.bp:
        return ""
    return {
        "reverse": _(
            "Reverse charge (“inversione contabile”): not subject to Italian VAT, art. 7-ter D.P.R. 633/1972; the buyer accounts for it."
        ),
        "outside": _("Not subject to Italian VAT (“operazione non soggetta”), art. 7-ter D.P.R. 633/1972."),
        "standard": _("Sold without VAT under the flat-rate scheme (“regime forfettario”), art. 1 (54–89) of L. 190/2014."),
    }[regime]
