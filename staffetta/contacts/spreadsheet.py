"""The rows of a spreadsheet file, as text cells: .xls, .xlsx, .ods and .csv, told by content. Knows no columns and no Django."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from staffetta.contacts import cells, csvfile, harmless
from staffetta.contacts.filetype import Kind, kind_of
from staffetta.contacts.unreadable import COLUMNS_MAX, ROWS_MAX, Unreadable


@dataclass(frozen=True)
class Sheet:
    """A sheet being read: about how many rows, where they come from (for people), and the rows: number in the file, cells."""

    total: int
    source: dict[str, object]
    rows: Iterator[tuple[int, list[str]]]


def read(data: bytes, sheet: str = "") -> Sheet:
    """Open a file by its content: the sheet of that name, else the first that has rows.

    Empty rows are left out; blank cells at the end of a row too. Raises Unreadable, also while reading.
    """
    kind = kind_of(data)
    if kind == "csv":
        total, how, rows = csvfile.read(data)
        return Sheet(total, {"kind": kind, **how}, _texts(([harmless.original(cell) for cell in row] for row in rows), 0))
    return _workbook(data, kind, sheet)


def _workbook(data: bytes, kind: Kind, wanted: str) -> Sheet:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        visible = [
            found.name
            for found in book.sheets_metadata
            if found.visible == SheetVisibleEnum.Visible and found.typ == SheetTypeEnum.WorkSheet
        ]
        filled = [sheet for name in visible if (sheet := book.get_sheet_by_name(name)).start is not None]
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable("file_encrypted" if "password" in str(error).lower() else "file_damaged") from error
    if not filled:
        raise Unreadable("file_no_rows")
    sheet = next((found for found in filled if found.name == wanted), filled[0])
    others = [found for found in filled if found.name != sheet.name]
    source: dict[str, object] = {"kind": kind, "sheet": sheet.name, "others": [other.name for other in others]}
    return Sheet(sheet.total_height, source, _texts(sheet.iter_rows(), _first_column(sheet)))


def _first_column(sheet: CalamineSheet) -> int:
    column = sheet.start[1] if sheet.start else 0
    if column >= COLUMNS_MAX or sheet.width > 2**14:
        raise Unreadable("file_too_many_columns", limit=COLUMNS_MAX)
    return column


def _texts(rows: Iterator[Sequence[object]], offset: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that have something in them, at most ROWS_MAX, of at most COLUMNS_MAX cells."""
    text, padding, kept = cells.text, [""] * offset, 0
    for number, row in enumerate(rows, 1):
        texts = [text(value) for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            continue
        kept += 1
        if kept > ROWS_MAX:
            raise Unreadable("file_too_many_rows", limit=ROWS_MAX)
        if len(texts) + offset > COLUMNS_MAX:
            raise Unreadable("file_too_many_columns", limit=COLUMNS_MAX)
        yield number, padding + texts
