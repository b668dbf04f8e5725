"""A page of paper for what customers print to pay: the operator's name and colour on top, labelled values below. Knows no order."""

import unicodedata
from collections.abc import Iterable
from io import BytesIO

from django.utils.translation import gettext as _
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from staffetta.accounts import operator

WIDTH, HEIGHT = A4
MARGIN = 50
PLAIN, BOLD, MONO = "Helvetica", "Helvetica-Bold", "Courier-Bold"
INK, SOFT, RULE = HexColor("#1d2528"), HexColor("#5c666a"), HexColor("#e0dbd0")


class Paper:
    """One A4 page that is written from the top; `y` is where the next thing goes."""

    def __init__(self, title: str, under: str = "") -> None:
        self._out = BytesIO()
        # Not compressed: a page of text is small, and can be searched for in archives of mail.
        self.canvas = Canvas(self._out, pagesize=A4, pageCompression=0)
        shop = operator.current()
        self.canvas.setTitle(latin(f"{title} - {shop.brand}"))
        self.canvas.setAuthor(latin(shop.company or shop.brand))
        self.colour: Color = HexColor(shop.colour)
        self.canvas.setFillColor(self.colour)
        self.canvas.rect(0, HEIGHT - 14, WIDTH, 14, stroke=0, fill=1)
        self.y = HEIGHT - 60
        self.text(shop.brand, BOLD, 15, self.colour)
        self.text(
            " · ".join(
                filter(None, [shop.company, shop.address, shop.vat_number and _("VAT number %(number)s") % {"number": shop.vat_number}])
            ),
            size=9,
            colour=SOFT,
        )
        self.y -= 18
        self.text(title, BOLD, 18)
        self.text(under, size=10, colour=SOFT)
        self.y -= 6

    def text(
        self, text: str, font: str = PLAIN, size: float = 10, colour: Color = INK, x: float = MARGIN, width: float = WIDTH - 2 * MARGIN
    ) -> None:
        """Write a paragraph and go below it."""
        self.canvas.setFillColor(colour)
        self.canvas.setFont(font, size)
        for line in simpleSplit(latin(text), font, size, width):
            self.canvas.drawString(x, self.y, line)
            self.y -= size * 1.4

    def values(self, rows: Iterable[tuple[str, str]], label_width: float = 120, width: float = WIDTH - 2 * MARGIN) -> None:
        """Write labels and their values, a thin line below each."""
        for label, value in rows:
            if not value:
                continue
            top = self.y
            self.text(label, size=9, colour=SOFT, width=label_width)
            after_label, self.y = self.y, top
            self.text(value, BOLD, 12, x=MARGIN + label_width, width=width - label_width)
            self.y = min(self.y, after_label) + 6
            self.canvas.setStrokeColor(RULE)
            self.canvas.line(MARGIN, self.y, MARGIN + width, self.y)
            self.y -= 18

    def done(self) -> bytes:
        """Return the file."""
        self.canvas.save()
        return self._out.getvalue()


def latin(text: str) -> str:
    """Return a text with only the letters that the built-in fonts have: "Dvořák" is "Dvorák"."""
    return "".join(sign if _has(sign) else _bare(sign) for sign in text)


def _bare(sign: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", sign) if _has(each)) or "?"


def _has(sign: str) -> bool:
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True
