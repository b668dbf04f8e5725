"""Which reports there are: a kind, and the function that makes its sheet. A new one is a file beside this and a line here."""

from collections.abc import Callable
from typing import Final

from staffetta.reports import contacts, lookups, sends, statement
from staffetta.reports.models import Report
from staffetta.reports.sheet import Sheet

KINDS: Final[dict[str, Callable[[Report], Sheet]]] = {
    "send": sends.sheet,
    "contacts": contacts.sheet,
    "statement": statement.sheet,
    "lookup": lookups.sheet,
}
