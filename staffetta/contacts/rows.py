"""One row of a file as a person to save, or as a problem. Knows no files and no tables."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from staffetta.contacts.columns import Column
from staffetta.sms.errors import NumberError
from staffetta.sms.number import parse

NAME_CHARS_MAX = 80
FIELD_CHARS_MAX = 500
_SHOWN_CHARS = 60
_INTERNATIONAL = re.compile(r"[\s'’`(\[]*(?:\+|00)").match
_NOT_DIGITS = re.compile(r"\D+")


class Person(NamedTuple):
    """Who a good row is about; only the free fields that are filled in."""

    number: str
    name: str
    surname: str
    fields: dict[str, str]


class Problem(NamedTuple):
    """Why a row is bad: the value that is wrong and a code of `problems.PROBLEMS`."""

    value: str
    code: str


class RowReader:
    """Reads the rows of one file, whose columns are known."""

    def __init__(self, columns: Sequence[Column], country: str, add_prefix: bool) -> None:
        """Take the columns, the account's country, and whether numbers without international prefix are of that country."""
        places = {column.role: place for place, column in enumerate(columns)}
        self._number = places["number"]
        self._name = places.get("name", -1)
        self._surname = places.get("surname", -1)
        self._fields = [(place, column.field) for place, column in enumerate(columns) if column.role == "field"]
        self._width = len(columns)
        self._country = country
        self._add_prefix = add_prefix

    def read(self, cells: list[str]) -> Person | Problem:
        """Return what a row says."""
        cells = cells + [""] * (self._width - len(cells))
        written = cells[self._number]
        try:
            number = parse(written, self._country)
        except NumberError as error:
            return Problem(written[:_SHOWN_CHARS], error.code)
        if not self._add_prefix and not _has_prefix(written, number):
            return Problem(written[:_SHOWN_CHARS], "number_without_prefix")
        name = cells[self._name] if self._name >= 0 else ""
        surname = cells[self._surname] if self._surname >= 0 else ""
        fields = {field: cells[place] for place, field in self._fields if cells[place]}
        for text in (name, surname):
            if len(text) > NAME_CHARS_MAX:
                return Problem(text[:_SHOWN_CHARS] + "…", "text_too_long")
        for text in fields.values():
            if len(text) > FIELD_CHARS_MAX:
                return Problem(text[:_SHOWN_CHARS] + "…", "text_too_long")
        return Person(number, name, surname, fields)


def _has_prefix(written: str, number: str) -> bool:
    """Tell whether a number was written with its international prefix: +39…, 0039…, or all the digits of its E.164 form."""
    return bool(_INTERNATIONAL(written)) or _NOT_DIGITS.sub("", written) == number[1:]
