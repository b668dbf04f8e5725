"""The data of a bank transfer as a PDF in the reader's language, for who pays at the counter or hands it to the bookkeeper."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.lib.colors import HexColor
from segno import QRCode

from staffetta.billing.banktransfer.data import Transfer, of, qr
from staffetta.billing.models import Order
from staffetta.billing.paper import MARGIN, SOFT, WIDTH, Paper

_QR = 150


def write(order: Order) -> bytes:
    """Return the PDF. Raises TransferNotOffered."""
    transfer = of(order)
    paper = Paper(_("Bank transfer for order %(number)s") % {"number": order.pk}, f"{order.package_name} · {transfer.amount}")
    top = paper.y
    paper.values(rows(transfer), label_width=90, width=WIDTH - 2 * MARGIN - _QR - 24)
    after, paper.y = paper.y, top + 10
    _draw(paper, qr(transfer), WIDTH - MARGIN - _QR, paper.y - _QR)
    paper.y -= _QR + 14
    paper.text(_("Scan it with your bank's app: it fills the transfer in."), size=9, colour=SOFT, x=WIDTH - MARGIN - _QR, width=_QR)
    paper.y = min(after, paper.y) - 10
    for paragraph in words(transfer):
        paper.text(paragraph)
        paper.y -= 6
    return paper.done()


def rows(transfer: Transfer) -> list[tuple[str, str]]:
    """Return the fields with their names, in the order of a bank's form."""
    return [
        (_("Holder"), transfer.holder),
        (_("Bank"), transfer.bank),
        ("IBAN", transfer.iban_shown),
        ("BIC", transfer.bic),
        (_("Amount"), transfer.amount),
        (pgettext("bank transfer", "Reason"), transfer.reason),
    ]


def words(transfer: Transfer) -> list[str]:
    """Return what one must know beside the fields."""
    return [
        _("Write the reason exactly as it stands here: by this code the payment is recognised without anybody's help."),
        _("The credits arrive when our bank tells us of the transfer: one or two working days, as a rule."),
        _("The order waits for the money until %(date)s. Money that comes later is credited all the same.")
        % {"date": date_format(timezone.localtime(transfer.until), "d/m/Y")},
    ]


def _draw(paper: Paper, code: QRCode, x: float, y: float) -> None:
    paper.canvas.setFillColor(HexColor("#000000"))
    matrix = list(code.matrix_iter(border=4))
    module = _QR / len(matrix)
    for down, line in enumerate(matrix):
        for across, dark in enumerate(line):
            if dark:
                # A little wider than it is: no hair lines between modules on paper.
                paper.canvas.rect(x + across * module, y + _QR - (down + 1) * module, module * 1.02, module * 1.02, stroke=0, fill=1)
