"""A sheet as CSV: numbers and times as the reader's language writes them."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.utils.formats import number_format

from staffetta.reports import csvtext
from staffetta.reports.sheet import Cell, Sheet

MOMENT = "%d/%m/%Y %H:%M:%S"


def write(sheet: Sheet, path: Path, written: Callable[[int], None]) -> None:
    """Write the file; call `written` with the number of rows after each."""
    separator = number_format("0.1", decimal_pos=1)[1]

    def lines() -> Iterator[list[str]]:
        yield [column.name for column in sheet.columns]
        for n, row in enumerate(sheet.rows, 1):
            yield [text(cell, separator) for cell in row]
            written(n)

    with path.open("wb") as file:
        file.writelines(csvtext.stream(lines()))


def text(cell: Cell, separator: str) -> str:
    """Return a cell as text."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.strftime(MOMENT)
    return f"{cell.normalize():f}".replace(".", separator) if isinstance(cell, Decimal) else str(cell)
