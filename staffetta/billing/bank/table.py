"""Read a CSV or fixed-width statement by its mapping. What cannot be read becomes a note with its line; knows no table of ours but the mapping's row."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from staffetta.billing.bank import notes
from staffetta.billing.bank.errors import StatementEmpty, StatementUnreadable
from staffetta.billing.bank.movement import CENTS_MAX, Movement, Note, Statement, referenced
from staffetta.billing.models import StatementMapping
from staffetta.lib import money

_OUT = {"D", "-", "DARE", "ADDEBITO", "DR", "DBIT", "U", "USCITA"}
Row = dict[str, str]


def read(content: bytes, name: str, mapping: StatementMapping, most: int = 0) -> Statement:
    """Return the credits of a file; of its first `most` lines only where that is given, for the staff to look at.

    Raises StatementUnreadable, and StatementEmpty where not one line could be read.
    """
    try:
        lines = io.StringIO(content.decode(mapping.encoding), newline="")
    except (UnicodeDecodeError, LookupError):
        why = _("Its letters are not written as %(encoding)s: choose another encoding.") % {"encoding": mapping.encoding}
        raise StatementUnreadable(name=name, why=why) from None
    if "\0" in lines.getvalue():
        raise StatementUnreadable(name=name, why=_("It holds signs that no text has: choose another encoding, perhaps utf-16."))
    statement = Statement()
    for place, row in (_csv_rows if mapping.kind == "csv" else _fixed_rows)(lines, name, mapping):
        statement.seen += 1
        found = _movement(place, row, mapping)
        if isinstance(found, Note):
            statement.notes.append(found)
        else:
            statement.movements.append(found)
        if statement.seen == most:
            break
    unread = [note for note in statement.notes if note.code != "debit"]
    if not statement.movements and unread:
        raise StatementEmpty(name=name, lines=statement.seen, why=notes.sentence(unread[0]))
    return statement


def _csv_rows(lines: io.StringIO, name: str, mapping: StatementMapping) -> Iterator[tuple[int, Row]]:
    for _n in range(mapping.skip_lines):
        lines.readline()
    reader = csv.reader(lines, delimiter=mapping.delimiter)
    headed = any(isinstance(place, str) and not place.strip().isdecimal() for place in mapping.fields.values())
    try:
        header = [_folded(cell) for cell in next(reader, [])] if headed else []
        places = {field: _column(place, header, name) for field, place in mapping.fields.items() if place}
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield (
                    mapping.skip_lines + reader.line_num,
                    {field: cells[at].strip() if at < len(cells) else "" for field, at in places.items()},
                )
    except csv.Error as error:
        raise StatementUnreadable(name=name, why=_("It is not a whole CSV: %(why)s.") % {"why": error}) from None


def _column(place: str | int, header: list[str], name: str) -> int:
    """Return the index of a column. Raises StatementUnreadable where no heading is called so."""
    if isinstance(place, int) or place.strip().isdecimal():
        return int(place) - 1
    if _folded(place) not in header:
        known = ", ".join(each for each in header if each)
        why = _("It has no column “%(column)s”; it has: %(known)s.") % {"column": place, "known": known[:300]}
        raise StatementUnreadable(name=name, why=why)
    return header.index(_folded(place))


def _fixed_rows(lines: io.StringIO, name: str, mapping: StatementMapping) -> Iterator[tuple[int, Row]]:
    stretches = {field: (place["from"] - 1, place["from"] - 1 + place["length"]) for field, place in mapping.fields.items() if place}
    for place, line in enumerate(_unended(lines), 1):
        if place > mapping.skip_lines and line.strip():
            yield place, {field: line[begin:end].strip() for field, (begin, end) in stretches.items()} | {"": line}


def _unended(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield line.rstrip("\r\n\x1a")


def _movement(place: int, row: Row, mapping: StatementMapping) -> Movement | Note:
    whole = row.get("", "; ".join(row.values()))[:120]
    if not row["amount"] and not row["date"]:
        return Note("short_line", place, whole)
    try:
        booked = datetime.strptime(row["date"], mapping.date_format).date()
    except ValueError:
        return Note("no_date", place, row["date"])
    try:
        cents = _AMOUNTS[mapping.decimals](row["amount"])
    except ValueError:
        return Note("no_amount", place, row["amount"])
    if cents < 0 or row.get("sign", "").upper() in _OUT:
        return Note("debit", place, whole)
    if cents == 0 or cents >= CENTS_MAX:
        return Note("no_amount", place, row["amount"])
    reference = row.get("reference", "")
    return Movement(booked, cents, row.get("payer", ""), "", row.get("reason", ""), referenced(reference), place)


def _whole_cents(text: str) -> int:
    if not text.lstrip("+-").isdecimal():
        raise ValueError(text)
    return int(text)


def _with_comma(text: str) -> int:
    return money.cents(text.lstrip("+").replace(".", ""))


def _with_point(text: str) -> int:
    return money.cents(text.lstrip("+").replace(",", ""))


def _folded(text: str) -> str:
    return " ".join(text.replace("\ufeff", "").split()).casefold()


_AMOUNTS: dict[str, Callable[[str], int]] = {"comma": _with_comma, "point": _with_point, "cents": _whole_cents}
