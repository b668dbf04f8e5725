"""A postal slip as a PDF: the data to copy onto a blank type 451, or below them a type 896 with what the post office's machines read."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.ecc200datamatrix import ECC200DataMatrix
from reportlab.lib.units import mm

from staffetta.billing.models import Order
from staffetta.billing.paper import BOLD, INK, MARGIN, MONO, PLAIN, SOFT, WIDTH, Paper, latin
from staffetta.billing.slip.data import Slip, of

_SLIP_HEIGHT = 102 * mm  # of the form that the post office's machines take
_MODULE = 0.55 * mm
_CODE_LINE = 11  # points: ten characters to the inch, as OCR-B has them


def write(order: Order) -> bytes:
    """Return the PDF in the reader's language. Raises SlipNotOffered."""
    slip = of(order)
    paper = Paper(_("Postal slip for order %(number)s") % {"number": order.pk}, f"{order.package_name} · {slip.amount}")
    paper.values(rows(slip))
    paper.y -= 4
    for paragraph in words(slip):
        paper.text(paragraph)
        paper.y -= 6
    if slip.line:
        _draw_896(paper, slip)
    return paper.done()


def rows(slip: Slip) -> list[tuple[str, str]]:
    """Return the fields with their names, in the order of the form."""
    return [
        (_("Postal account"), slip.account),
        (_("Holder"), slip.holder),
        (_("Amount"), slip.amount),
        (_("In letters"), slip.letters),
        (pgettext("bank transfer", "Reason"), slip.reason),
        (_("Paid by"), ", ".join(filter(None, [slip.payer, slip.street, slip.town]))),
    ]


def words(slip: Slip) -> list[str]:
    """Return what one must know beside the fields."""
    first = (
        _("Print this page on white A4 and hand it in at a post office: the slip below is read by its machines.")
        if slip.line
        else _("Copy these data onto a blank slip (type 451), which every post office has; write the reason exactly as it stands here.")
    )
    return [
        first,
        _("The credits arrive when the post office tells us of the payment: three to five working days, as a rule."),
        _("The order waits for the money until %(date)s. Money that comes later is credited all the same.")
        % {"date": date_format(timezone.localtime(slip.until), "d/m/Y")},
    ]


def _draw_896(paper: Paper, slip: Slip) -> None:
    """Draw the slip at the foot of the page: what it says, the bar codes, and the code line in the last 15 mm."""
    canvas = paper.canvas
    canvas.setStrokeColor(SOFT)
    canvas.setDash(3, 3)
    canvas.line(0, _SLIP_HEIGHT, WIDTH, _SLIP_HEIGHT)
    canvas.setDash()
    y = _SLIP_HEIGHT - 20
    for label, value in _on_slip(slip):
        canvas.setFillColor(SOFT)
        canvas.setFont(PLAIN, 7)
        canvas.drawString(MARGIN, y, latin(label))
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 10)
        canvas.drawString(MARGIN, y - 11, latin(value)[:64])
        y -= 27
    bars = Code128(slip.bars, barWidth=0.25 * mm, barHeight=11 * mm, humanReadable=False, quiet=False)
    bars.drawOn(canvas, MARGIN, 21 * mm)
    _draw_matrix(paper, slip.bars, WIDTH - MARGIN - 25 * mm, 62 * mm)
    canvas.setFillColor(INK)
    # Courier has OCR-B's pitch; OCR-B itself may not be handed on with the product, and 896 is read by the bar codes too.
    canvas.setFont(MONO, _CODE_LINE)
    canvas.drawRightString(WIDTH - MARGIN / 2, 9 * mm, slip.line)


def _draw_matrix(paper: Paper, content: str, x: float, y: float) -> None:
    """Draw a Data Matrix, module by module: the library's own drawing forgets to encode first."""
    matrix = ECC200DataMatrix(content)
    matrix.validate()
    for up, row in enumerate(matrix.encode()):  # it comes from the bottom up, as PDF counts
        for across, dark in enumerate(row):
            if dark:
                paper.canvas.rect(x + across * _MODULE, y + up * _MODULE, _MODULE, _MODULE, stroke=0, fill=1)


def _on_slip(slip: Slip) -> list[tuple[str, str]]:
    """Return what a slip says: in Italian, for the post office reads it."""
    return [
        ("CONTI CORRENTI POSTALI - Ricevuta di accredito - sul C/C n.", f"{slip.account}    TD {slip.kind}"),
        ("di Euro", f"{slip.amount_cents // 100},{slip.amount_cents % 100:02d}    ({slip.letters})"),
        ("INTESTATO A", slip.holder),
        ("ESEGUITO DA", ", ".join(filter(None, [slip.payer, slip.street, slip.town]))),
        ("CAUSALE", slip.reason),
        ("AUTORIZZAZIONE", slip.authorisation),
    ]
