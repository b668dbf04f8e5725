"""Numbers as people paste them: one per line, or with commas, semicolons, tabs or blanks between. Knows no page."""

import re
from dataclasses import dataclass, field

from staffetta.accounts.models import Account
from staffetta.contacts.people import NumberRefused, number_of

BAD_SHOWN = 10
_BETWEEN = re.compile(r"[\n\r,;\t|]+")


@dataclass
class Found:
    """The numbers in E.164, each once, and the first refusals."""

    good: list[str] = field(default_factory=list)
    bad: list[NumberRefused] = field(default_factory=list)


def numbers(text: str, account: Account) -> Found:
    """Return the numbers of a pasted text; a line of several with blanks between is taken apart where each is a number."""
    found = Found()
    for piece in _BETWEEN.split(text):
        if not piece.strip():
            continue
        try:
            found.good += _read(piece, account)
        except NumberRefused as refusal:
            if len(found.bad) < BAD_SHOWN:
                found.bad.append(refusal)
    found.good = list(dict.fromkeys(found.good))
    return found


def _read(piece: str, account: Account) -> list[str]:
    try:
        return [number_of(account, piece)]
    except NumberRefused as refusal:
        words = piece.split()
        if len(words) < 2:
            raise
        try:
            return [number_of(account, word) for word in words]
        except NumberRefused:
            raise refusal from None
