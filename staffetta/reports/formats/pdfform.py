"""A sheet as a PDF to print or file: title, facts, the bar of outcomes, then the columns that have a place on paper."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import reportlab
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from staffetta.reports.formats.csvform import text
from staffetta.reports.sheet import Cell, Sheet

ROWS_MAX = 20_000  # some 500 pages
WIDTH, HEIGHT = landscape(A4)
MARGIN, LINE, SMALL = 36, 13, 8
TONES = {
    "good": "#2f7d4f",
    "wait": "#b07a18",
    "bad": "#b3382c",
    "none": "#a7a294",
    "sent": "#1c6a6e",
    "doubt": "#7a5a8c",
    "queue": "#c9c4b8",
}
INK, SOFT, RULE = HexColor("#1d2528"), HexColor("#5c666a"), HexColor("#e0dbd0")


def write(sheet: Sheet, path: Path, written: Callable[[int], None]) -> None:
    """Write the file; call `written` with the number of rows after each."""
    plain, bold = _fonts()
    canvas = Canvas(str(path), pagesize=(WIDTH, HEIGHT))
    canvas.setTitle(sheet.title)
    places = _places(sheet)
    y = _columns(canvas, sheet, places, _head(canvas, sheet, plain, bold), bold)
    page = 1
    separator = number_format("0.1", decimal_pos=1)[1]
    for n, row in enumerate(sheet.rows, 1):
        if y < MARGIN + LINE:
            _foot(canvas, page, plain)
            page += 1
            y = _columns(canvas, sheet, places, HEIGHT - MARGIN - LINE, bold)
        _row(canvas, row, places, y, separator, plain)
        y -= LINE
        written(n)
    _foot(canvas, page, plain)
    canvas.save()


@cache
def _fonts() -> tuple[str, str]:
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in ("Vera", "VeraBd"):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))
    return "Vera", "VeraBd"


def _places(sheet: Sheet) -> list[tuple[int, float, float]]:
    """Return for each column on paper its index, its left edge and its width."""
    share = (WIDTH - 2 * MARGIN) / max(sum(column.on_paper for column in sheet.columns), 1)
    found, x = [], float(MARGIN)
    for place, column in enumerate(sheet.columns):
        if column.on_paper:
            found.append((place, x, column.on_paper * share - 6))
            x += column.on_paper * share
    return found


def _head(canvas: Canvas, sheet: Sheet, plain: str, bold: str) -> float:
    y = HEIGHT - MARGIN - 14
    canvas.setFillColor(INK)
    canvas.setFont(bold, 14)
    canvas.drawString(MARGIN, y, _fitting(sheet.title, bold, 14, WIDTH - 2 * MARGIN))
    y -= 20
    canvas.setFont(plain, 9)
    facts = "   ·   ".join(f"{name}: {value}" for name, value in sheet.facts)
    canvas.drawString(MARGIN, y, _fitting(facts, plain, 9, WIDTH - 2 * MARGIN))
    return _bar(canvas, sheet, y - 22, plain) if sheet.shares else y - 24


def _bar(canvas: Canvas, sheet: Sheet, y: float, plain: str) -> float:
    total, x, width = sum(share.people for share in sheet.shares), float(MARGIN), WIDTH - 2 * MARGIN
    for share in sheet.shares:
        canvas.setFillColor(HexColor(TONES[share.tone]))
        piece = width * share.people / total
        canvas.rect(x, y, max(piece - 1, 0.5), 9, stroke=0, fill=1)
        x += piece
    x, y = float(MARGIN), y - 14
    canvas.setFont(plain, SMALL)
    for share in sheet.shares:
        words = f"{share.label} {number_format(share.people, force_grouping=True)}"
        canvas.setFillColor(HexColor(TONES[share.tone]))
        canvas.circle(x + 3, y + 3, 3, stroke=0, fill=1)
        canvas.setFillColor(INK)
        canvas.drawString(x + 10, y, words)
        x += 26 + pdfmetrics.stringWidth(words, plain, SMALL)
    return y - 26


def _columns(canvas: Canvas, sheet: Sheet, places: list[tuple[int, float, float]], y: float, bold: str) -> float:
    canvas.setFillColor(SOFT)
    canvas.setFont(bold, SMALL)
    for place, x, width in places:
        canvas.drawString(x, y, _fitting(sheet.columns[place].name, bold, SMALL, width))
    canvas.setStrokeColor(RULE)
    canvas.line(MARGIN, y - 4, WIDTH - MARGIN, y - 4)
    return y - LINE - 2


def _row(canvas: Canvas, row: list[Cell], places: list[tuple[int, float, float]], y: float, separator: str, plain: str) -> None:
    canvas.setFillColor(INK)
    canvas.setFont(plain, SMALL)
    for place, x, width in places:
        canvas.drawString(x, y, _fitting(text(row[place], separator), plain, SMALL, width))


def _foot(canvas: Canvas, page: int, plain: str) -> None:
    canvas.setFillColor(SOFT)
    canvas.setFont(plain, SMALL)
    canvas.drawRightString(WIDTH - MARGIN, MARGIN - 14, _("page %(n)s") % {"n": page})
    canvas.showPage()


def _fitting(words: str, font: str, size: int, width: float) -> str:
    """Return the text on one line and within the width; letters that the font has not are shown as an empty box."""
    known = pdfmetrics.getFont(font).face.charToGlyph
    line = "".join(letter if ord(letter) in known else "□" for letter in " ".join(words.split()))
    if pdfmetrics.stringWidth(line, font, size) <= width:
        return line
    while line and pdfmetrics.stringWidth(line + "…", font, size) > width:
        line = line[: -max(1, len(line) // 12)]
    return line.rstrip() + "…"
