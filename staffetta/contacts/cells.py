"""One cell as text, as the person who wrote it reads it. Knows no rows and no Django."""

import unicodedata
from datetime import date, datetime, time, timedelta

from staffetta.contacts.unreadable import CELL_CHARS_MAX

# A sheet keeps 15 digits of a number; what is longer has lost its last ones and is left in a form that no one takes for whole.
_WHOLE_MAX = 10**15


def text(value: object) -> str:
    """Return a cell's value as text: 3331234567.0 is "3331234567", a date is "22/11/2026"; too long, it is cut to be noticed."""
    kind = type(value)
    if kind is str:
        return clean(value)  # type: ignore[arg-type]
    if kind is float:
        return _number(value)  # type: ignore[arg-type]
    if kind is bool:
        return "TRUE" if value else "FALSE"
    if isinstance(value, date | time | timedelta):
        return _moment(value)
    return "" if value is None else str(value)


def clean(value: str) -> str:
    """Return text without blanks around it and without what cannot be shown or stored."""
    if not value.isprintable():
        value = " ".join(value.split())
        value = "".join([char for char in value if unicodedata.category(char) not in ("Cc", "Cs")])
    return value.strip()[: CELL_CHARS_MAX + 1]


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < _WHOLE_MAX:
        return str(int(value))
    return repr(value)


def _moment(value: date | time | timedelta) -> str:
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds()) // 60
        return f"{minutes // 60}:{minutes % 60:02d}"
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, datetime) and (value.hour or value.minute or value.second):
        return f"{value:%d/%m/%Y %H:%M}"
    return f"{value:%d/%m/%Y}"
