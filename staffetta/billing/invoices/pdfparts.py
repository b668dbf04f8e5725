"""The pieces of an invoice's page: frame, parties, lines, sums, and the letters they can be drawn in. Knows no order."""

import unicodedata
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from babel import Locale
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Table

from staffetta.billing.invoices.document import Document, Party
from staffetta.billing.invoices.latin import latin
from staffetta.lib.money import euro

MARGIN = 20 * mm
INK, SOFT, LINE = HexColor("#1d2528"), HexColor("#5c666a"), HexColor("#e0dbd0")
PLAIN = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 0)]


class Styles:
    """How the words look, with the brand's colour."""

    def __init__(self, accent: Color) -> None:
        self.accent = accent
        base = ParagraphStyle("base", fontName="Helvetica", fontSize=9.5, leading=14, textColor=INK, splitLongWords=1)
        self._known = {
            "text": base,
            "strong": ParagraphStyle("strong", base, fontName="Helvetica-Bold"),
            "label": ParagraphStyle("label", base, fontSize=8, leading=12, textColor=SOFT, spaceAfter=1 * mm),
            "end": ParagraphStyle("end", base, alignment=TA_RIGHT),
            "end-soft": ParagraphStyle("end-soft", base, alignment=TA_RIGHT, textColor=SOFT),
            "end-strong": ParagraphStyle("end-strong", base, alignment=TA_RIGHT, fontName="Helvetica-Bold", fontSize=12, leading=17),
            "end-label": ParagraphStyle("end-label", base, alignment=TA_RIGHT, fontSize=8, leading=12, textColor=SOFT),
            "note": ParagraphStyle("note", base, fontSize=8, leading=11.5, textColor=SOFT, spaceAfter=1.5 * mm),
        }

    def said(self, text: str, style: str = "text") -> Paragraph:
        """Return a text as it is drawn; nothing in it is markup."""
        return Paragraph(escape(printable(text)).replace("\n", "<br/>"), self._known[style])


def printable(text: str) -> str:
    """Return the text in letters that Helvetica has (those of Windows-1252)."""
    return "".join(each if _drawn(each) else latin(each) for each in unicodedata.normalize("NFC", text))


def frame(brand: str, title: str, footer: str, styles: Styles) -> Callable[[Any, Any], None]:
    """Return what draws the head and foot of each page."""

    def draw(canvas: Any, page: Any) -> None:
        width, height = A4
        canvas.saveState()
        canvas.setFillColor(styles.accent)
        canvas.rect(0, height - 4 * mm, width, 4 * mm, stroke=0, fill=1)
        size = fitting(canvas, brand, "Helvetica-Bold", 17, 80 * mm)
        canvas.setFont("Helvetica-Bold", size)
        canvas.drawString(MARGIN, height - 23 * mm, brand)
        canvas.setFillColor(INK)
        canvas.setFont("Helvetica", 15)
        canvas.drawRightString(width - MARGIN, height - 23 * mm, title)
        canvas.setStrokeColor(LINE)
        canvas.line(MARGIN, 17 * mm, width - MARGIN, 17 * mm)
        canvas.setFillColor(SOFT)
        canvas.setFont("Helvetica", fitting(canvas, footer, "Helvetica", 7.5, width - 2 * MARGIN - 22 * mm))
        canvas.drawString(MARGIN, 12 * mm, footer)
        canvas.setFont("Helvetica", 7.5)
        canvas.drawRightString(width - MARGIN, 12 * mm, _("Page %(number)s") % {"number": page.page})
        canvas.restoreState()

    return draw


def fitting(canvas: Any, text: str, font: str, size: float, width: float) -> float:
    """Return the size at which a text fits the width, at most `size`."""
    needed = canvas.stringWidth(text, font, size)
    return size if needed <= width else max(5.0, size * width / needed)


def party(label: str, of: Party, styles: Styles) -> list[Any]:
    """Return name, address and numbers of a seller or buyer."""
    town = " ".join(filter(None, [of.postcode, of.city, f"({of.province})" if of.province else ""]))
    country = "" if of.country == "IT" else Locale.parse((get_language() or "it")[:2]).territories.get(of.country, of.country)
    rows = [of.street, town, country]
    if of.vat_number:
        rows.append(_("VAT number %(number)s") % {"number": of.vat_number})
    if of.tax_code and of.tax_code != of.vat_number:
        rows.append(_("Tax code %(number)s") % {"number": of.tax_code})
    if of.country == "IT" and of.sdi_code and of.sdi_code != "0000000":
        rows.append(_("SDI code %(code)s") % {"code": of.sdi_code})
    elif of.pec:
        rows.append(_("PEC %(address)s") % {"address": of.pec})
    return [styles.said(label, "label"), styles.said(of.name, "strong"), *[styles.said(row) for row in rows if row]]


def pairs(rows: Sequence[tuple[str, str]], width: float, styles: Styles) -> Table:
    """Return labels and values beside one another, a row each."""
    cells = [[styles.said(label, "label"), styles.said(value)] for label, value in rows]
    return Table(cells, colWidths=[34 * mm, width - 34 * mm], style=[*PLAIN, ("BOTTOMPADDING", (0, 0), (-1, -1), 1)])


def line_table(document: Document, width: float, styles: Styles) -> Table:
    """Return what was sold, with the discount where there is one."""
    head = [styles.said(_("Description"), "label"), styles.said(_("VAT"), "end-label"), styles.said(_("Price without VAT"), "end-label")]
    rows = [head]
    for line in document.lines:
        rows.append([styles.said(line.text), styles.said(_rate(document), "end"), styles.said(euro(line.list_cents), "end")])
        if line.list_cents > line.net_cents:
            rows.append([styles.said(_("Discount")), "", styles.said(euro(line.net_cents - line.list_cents), "end")])
    look = [
        *PLAIN,
        ("LINEBELOW", (0, 0), (-1, 0), 1, styles.accent),
        ("LINEBELOW", (0, 1), (-1, -1), 0.5, LINE),
        ("TOPPADDING", (0, 1), (-1, -1), 6),
        ("BOTTOMPADDING", (0, 1), (-1, -1), 6),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ]
    return Table(rows, colWidths=[width - 60 * mm, 20 * mm, 40 * mm], style=look, repeatRows=1)


def totals(document: Document, styles: Styles) -> Table:
    """Return the sums: without VAT, VAT, total, and what is to be paid where that is less."""
    rows = [(_("Taxable amount"), euro(document.net_cents)), (_("VAT %(rate)s") % {"rate": _rate(document)}, euro(document.vat.cents))]
    cells = [[styles.said(label, "end-soft"), styles.said(value, "end")] for label, value in rows]
    cells.append([styles.said(_("Total"), "end-strong"), styles.said(euro(document.total_cents), "end-strong")])
    if document.payable_cents != document.total_cents:
        cells.append([styles.said(_("To be paid to the seller"), "end-soft"), styles.said(euro(document.payable_cents), "end")])
    look = [*PLAIN, ("LINEABOVE", (0, 2), (-1, 2), 0.5, LINE), ("TOPPADDING", (0, 2), (-1, 2), 4), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
    return Table(cells, colWidths=[55 * mm, 40 * mm], style=look, hAlign="RIGHT")


def _rate(document: Document) -> str:
    rate = Decimal(document.vat.bp) / 100
    return number_format(rate, decimal_pos=0 if rate == rate.to_integral_value() else 2) + " %"


def _drawn(letter: str) -> bool:
    try:
        letter.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
