"""Text files of cells: their encoding and separator found out, then their rows. Knows no Django.

Encodings are told apart without a library: after UTF-8 and UTF-16 only the three that spreadsheets of Western Europe write
are left (Windows, DOS, old Mac), and in so few words as a list of names has, counting their letters errs less than statistics.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import Final

from staffetta.contacts.filetype import utf16_order
from staffetta.contacts.unreadable import Unreadable

_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_EIGHT_BITS: Final = ("cp1252", "cp850", "mac_roman")
_ITALIAN: Final = frozenset("àèéìòùÀÈÉÌÒÙ’")
_WESTERN: Final = frozenset("áâäçêëíîïñóôöúûüßÁÂÄÇÊÍÎÑÓÔÖÚÛÜ‘“”–€°«»´")
_ASCII: Final = bytes(range(128))

_SEPARATORS: Final = ";,\t|"
_TRIED_LINES: Final = 100
_FIELD_CHARS_MAX: Final = 2**17  # one field longer than this is a quote that was never closed


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and the name of its encoding."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    if order := utf16_order(data[:4096]):
        return data.decode(order, "replace"), order
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = _eight_bits(data)
        return data.decode(encoding, "replace"), encoding


def _eight_bits(data: bytes) -> str:
    found = Counter(data.translate(None, _ASCII))

    def score(encoding: str) -> int:
        return sum(count * _worth(bytes([octet]).decode(encoding, "replace")) for octet, count in found.items())

    return max(_EIGHT_BITS, key=score)  # of equals the first


def _worth(char: str) -> int:
    return 3 if char in _ITALIAN else 1 if char in _WESTERN else -2


def separator(text: str) -> str:
    """Return what stands between the cells: the separator that gives most lines the same number of cells, more than one."""
    lines = [line for line in text[:100_000].splitlines()[:_TRIED_LINES] if line.strip()]
    best, best_score = _SEPARATORS[0], (0.0, 0)
    for char in _SEPARATORS:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=char))
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1 and (score := (count / len(lines), width)) > best_score:
            best, best_score = char, score
    return best


def read(data: bytes) -> tuple[int, dict[str, str], Iterator[list[str]]]:
    """Return about how many rows a file has, its encoding and separator, and its rows. Raises Unreadable while they are read."""
    text, encoding = decode(data)
    given, _, rest = text.partition("\n")
    if given.lower().startswith("sep=") and len(given.rstrip("\r")) == 5:  # Excel's own hint, on a line of its own
        char, text = given[4], "\n" + rest  # the blank line keeps the row numbers right
    else:
        char = separator(text)
    return max(text.count("\n"), text.count("\r")) + 1, {"encoding": encoding, "separator": char}, _rows(text, char)


def _rows(text: str, char: str) -> Iterator[list[str]]:
    csv.field_size_limit(_FIELD_CHARS_MAX)
    try:
        for _ in _reader(text, char):
            pass
    except csv.Error:
        # A quote that is not closed would swallow the rows up to the next one in silence: take quotes for plain characters.
        return (_unquoted(row) for row in _lines(text, char))
    return iter(_reader(text, char))


def _reader(text: str, char: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=char, strict=True)


def _lines(text: str, char: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=char, quoting=csv.QUOTE_NONE)
    except csv.Error as error:
        raise Unreadable("file_damaged") from error


def _unquoted(row: list[str]) -> list[str]:
    stripped = [cell.strip() for cell in row]
    return [cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell.strip('"') for cell in stripped]
