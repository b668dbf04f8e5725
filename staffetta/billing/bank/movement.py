"""Money that came in, as any statement tells it, and the key that names it in whatever file it stands. Pure."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

KEY_CHARS_MAX = 120
CENTS_MAX = 10**15  # more is no amount, and the database would not take it
# What banks write where there is no reference.
_NO_REFERENCE = {"", "NOTPROVIDED", "NONREF", "NOREF", "NOT PROVIDED"}


@dataclass(frozen=True)
class Movement:
    """A credit. `references`: the bank's own names for it, the surest first; `place`: where in the file it stands."""

    booked_on: date
    amount_cents: int
    payer: str = ""
    iban: str = ""
    reason: str = ""
    references: tuple[str, ...] = ()
    place: int = 0


@dataclass(frozen=True)
class Note:
    """Something in a file that is no credit to match: a code of `notes.py`, where it stands, and its value."""

    code: str
    place: int = 0
    value: str = ""


@dataclass
class Statement:
    """What a file holds. `seen`: how many lines or entries were looked at; `ibans`: whose accounts it names itself."""

    movements: list[Movement] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    seen: int = 0
    ibans: list[str] = field(default_factory=list)


def keyed(movements: Iterable[Movement]) -> Iterator[tuple[str, Movement]]:
    """Yield each movement with its key.

    Two that are equal in everything are two movements: the second of a file has "#2" at the end. A statement holds whole days, so
    that the same two are first and second in every file that has them.
    """
    met: Counter[str] = Counter()
    for movement in movements:
        key = _key(movement)
        met[key] += 1
        yield (key if met[key] == 1 else f"{key}#{met[key]}"), movement


def referenced(*found: str | None) -> tuple[str, ...]:
    """Return the references that are some."""
    return tuple(dict.fromkeys(bare for each in found if (bare := " ".join((each or "").split())).upper() not in _NO_REFERENCE))


def _key(movement: Movement) -> str:
    begin = f"{movement.booked_on:%Y%m%d}/{movement.amount_cents}/"
    if movement.references:
        named = "/".join(movement.references)
        if len(begin) + len(named) <= KEY_CHARS_MAX - 6:  # room for #99999
            return begin + named
    else:
        named = "\n".join("".join(each.split()).upper() for each in (movement.payer, movement.iban, movement.reason))
    return begin + hashlib.sha256(named.encode()).hexdigest()[:40]
