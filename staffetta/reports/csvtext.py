"""CSV as Italian Excel opens it: UTF-8 with a mark, semicolons; no cell can be taken for a formula.

Numbers too get an apostrophe before their plus: bare, a spreadsheet would make 3,93331E+11 of +393331234567. So they stay
text, and our own import takes the apostrophe off again.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from staffetta.contacts import harmless

_ROWS_AT_ONCE = 500


def stream(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """Yield the file piece by piece, so that a million rows need no memory."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, delimiter=";")
    for place, row in enumerate(rows, 1):
        writer.writerow([harmless.made(cell) for cell in row])
        if place % _ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def headers(name: str) -> dict[str, str]:
    """Return the headers of a download with this file name."""
    return {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
