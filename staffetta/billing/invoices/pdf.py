"""Draw a document as a PDF in its customer's language, in the brand's colour. Knows no tables but the operator's brand.

Helvetica needs no font in the file and has the letters of Western Europe; others are written as in the XML (`latin.py`), so that both agree.
"""

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, SimpleDocTemplate, Spacer, Table

from staffetta.accounts import operator
from staffetta.billing.invoices import legalnotes, pdfparts
from staffetta.billing.invoices.document import Document
from staffetta.billing.invoices.pdfparts import MARGIN, Styles, line_table, pairs, party, printable, totals
from staffetta.billing.orderstates import WAYS

WIDTH = A4[0] - 2 * MARGIN
FRAME_PADDING = 6  # what platypus leaves free inside its margins


def render(document: Document, how_to_pay: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return the PDF; `how_to_pay` stands on a pro-forma: what is to be written where."""
    shown = operator.current()
    with translation.override(document.language):
        styles = Styles(HexColor(shown.colour))
        heading = title(document)
        target = io.BytesIO()
        page = SimpleDocTemplate(
            target,
            pagesize=A4,
            leftMargin=MARGIN - FRAME_PADDING,
            rightMargin=MARGIN - FRAME_PADDING,
            topMargin=38 * mm,
            bottomMargin=24 * mm,
            title=heading,
            author=printable(document.seller.name or shown.brand),
            subject=_("Order %(number)s") % {"number": document.order},
            lang=document.language,
        )
        frame = pdfparts.frame(printable(shown.brand), heading, _footer(document), styles)
        page.build(_story(document, how_to_pay, styles), onFirstPage=frame, onLaterPages=frame)
    return target.getvalue()


def title(document: Document) -> str:
    """Return what stands at the top: what it is, and its number."""
    if document.kind == "proforma":
        return _("Pro-forma, order %(number)s") % {"number": document.order}
    said = _("Credit note %(number)s") if document.kind == "note" else _("Invoice %(number)s")
    return said % {"number": document.number}


def day(iso: str, language: str) -> str:
    """Return a date as people write it: "22 novembre 2026"."""
    return str(format_date(date.fromisoformat(iso), "long", locale="it" if language == "it" else "en_GB"))


def _story(document: Document, how_to_pay: Sequence[tuple[str, str]], styles: Styles) -> list[Any]:
    parts: list[Any] = [
        Table(
            [[party(_("Seller"), document.seller, styles), party(_("Customer"), document.buyer, styles)]],
            colWidths=[WIDTH / 2] * 2,
            style=pdfparts.PLAIN,
        ),
        Spacer(1, 7 * mm),
        pairs(_facts(document), WIDTH, styles),
        Spacer(1, 7 * mm),
        *_warning(document, styles),
        line_table(document, WIDTH, styles),
        Spacer(1, 4 * mm),
        KeepTogether([totals(document, styles)]),
        Spacer(1, 8 * mm),
    ]
    if how_to_pay:
        parts += [KeepTogether([styles.said(_("How to pay"), "label"), pairs(list(how_to_pay), WIDTH, styles)]), Spacer(1, 6 * mm)]
    parts += [styles.said(each, "note") for each in legalnotes.of(document)]
    return parts


def _warning(document: Document, styles: Styles) -> list[Any]:
    if document.kind != "proforma":
        return []
    return [styles.said(legalnotes.proforma(), "strong"), Spacer(1, 6 * mm)]


def _facts(document: Document) -> list[tuple[str, str]]:
    facts = [(_("Date"), day(document.day, document.language)), (_("Order"), str(document.order))]
    if document.kind == "note":
        corrected = {"number": document.corrects, "day": day(document.corrects_day, document.language)}
        facts.append((_("Takes back"), _("invoice %(number)s of %(day)s, whole") % corrected))
    elif document.paid_on:
        paid = {"way": str(WAYS[document.way]), "day": day(document.paid_on, document.language)}
        facts.append((_("Paid"), _("%(way)s, %(day)s") % paid))
    return facts


def _footer(document: Document) -> str:
    seller = document.seller
    known = [
        seller.name,
        seller.vat_number and _("VAT number %(number)s") % {"number": f"IT{seller.vat_number}"},
        seller.email,
        seller.telephone,
    ]
    return printable("  ·  ".join(filter(None, known)))
