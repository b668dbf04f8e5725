"""A sheet as an Excel workbook: telephone numbers are text, credits numbers, times times; row by row, so that a million need no memory."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from staffetta.reports.sheet import Cell, Sheet

ROWS_MAX = 1_048_575  # of one worksheet, the header apart
_CELL_CHARS_MAX = 32_767


def write(sheet: Sheet, path: Path, written: Callable[[int], None]) -> None:
    """Write the file; call `written` with the number of rows after each."""
    # No cell is read as a formula or a link, whatever it begins with.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), {**options, "tmpdir": str(path.parent)}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        page: Worksheet | None = None
        for n, row in enumerate(sheet.rows, 1):
            place = (n - 1) % ROWS_MAX + 1
            if page is None or place == 1:
                page = _page(book, sheet, bold)
            for column, cell in enumerate(row):
                _put(page, place, column, cell, moment)
            written(n)
        if page is None:
            _page(book, sheet, bold)


def _page(book: xlsxwriter.Workbook, sheet: Sheet, bold: Format) -> Worksheet:
    place = len(book.worksheets()) + 1
    page = book.add_worksheet(sheet.stem[:27] if place == 1 else f"{sheet.stem[:27]} {place}")
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.name, bold)
    return page


def _put(page: Worksheet, row: int, column: int, cell: Cell, moment: Format) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, datetime):
        page.write_datetime(row, column, cell.replace(tzinfo=None, microsecond=0), moment)
    elif isinstance(cell, (int, Decimal)):
        page.write_number(row, column, cell)
    else:
        page.write_string(row, column, cell[:_CELL_CHARS_MAX])
