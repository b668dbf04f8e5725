"""Numbers as people paste them: one per line, or with commas, semicolons, tabs or blanks between. Knows no page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.sms.errors import NumberError
from staffetta.sms.number import parse

NUMBERS_MAX = 10_000
BAD_SHOWN = 10
_BETWEEN = re.compile(r"[\n\r,;\t|]+")
_SHOWN_CHARS = 40

# What to do about a number in a field that is typed into; the import's own sentences speak of rows and columns.
_WHY = {
    "number_empty": _("there is no number: write it or leave it out."),
    "number_letters": _("it has letters in it: leave only the number, names are not needed here."),
    "number_characters": _("it has characters that no number has: leave only digits, blanks and the initial +."),
    "number_too_short": _("digits are missing: an Italian mobile has ten, without the prefix."),
    "number_too_long": _("it has too many digits: if these are two numbers, put a comma between them."),
    "number_landline": _("this is a landline, and SMS reach mobiles only: write the person's mobile or leave it out."),
    "number_not_mobile": _("this is a service number, and SMS reach mobiles only: leave it out."),
    "number_country_unknown": _("no country has this prefix: check the digits after the +."),
    "number_lost_digits": _("a spreadsheet has rounded it and digits are lost: copy it again from where it is whole."),
}
_OTHER = _("no mobile has this number: check its digits.")


@dataclass(frozen=True)
class Bad:
    """What was written and why it is no mobile number, in a sentence."""

    written: str
    why: str

    def __str__(self) -> str:
        return _("“%(number)s”: %(why)s") % {"number": self.written, "why": self.why}


@dataclass
class Found:
    """The numbers in E.164, each once, the first bad ones, how many bad ones there are; `more`: there are others that were not read."""

    good: list[str] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)
    bad_count: int = 0
    more: bool = False

    @property
    def bad_more(self) -> int:
        """Return how many bad ones are not shown."""
        return self.bad_count - len(self.bad)


def numbers(text: str, account: Account) -> Found:
    """Return the numbers of a pasted text, reading NUMBERS_MAX at most; a line of several with blanks between is taken apart where each is one."""
    found = Found()
    read = 0
    for piece in _pieces(text):
        if read >= NUMBERS_MAX:
            found.more = True
            break
        try:
            good = _read(piece, account)
            found.good += good
            read += len(good)
        except NumberError as error:
            read += 1
            found.bad_count += 1
            if len(found.bad) < BAD_SHOWN:
                found.bad.append(Bad(" ".join(piece.split())[:_SHOWN_CHARS], str(_WHY.get(error.code, _OTHER))))
    found.more = found.more or read > NUMBERS_MAX
    found.good = list(dict.fromkeys(found.good))[:NUMBERS_MAX]
    return found


def pieces(text: str, account: Account) -> Iterator[str]:
    """Yield what stands between separators, as often as it does; a line of several numbers is taken apart where each is one."""
    for piece in filter(None, (each.strip() for each in _BETWEEN.split(text))):
        try:
            yield from _read(piece, account)
        except NumberError:
            yield piece


def _pieces(text: str) -> Iterator[str]:
    """Yield what stands between separators, each spelling once."""
    seen = set()
    start = 0
    for match in _BETWEEN.finditer(text + "\n"):
        piece = text[start : match.start()].strip()
        start = match.end()
        if piece and piece not in seen:
            seen.add(piece)
            yield piece


def _read(piece: str, account: Account) -> list[str]:
    try:
        return [parse(piece, account.country)]
    except NumberError as error:
        words = dict.fromkeys(piece.split())
        if len(words) < 2:
            raise
        try:
            return [parse(word, account.country) for word in islice(words, NUMBERS_MAX + 1)]
        except NumberError:
            raise error from None
