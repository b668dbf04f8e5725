"""Short links: each recipient's own address, made from the message's id, and back. Reads and writes no tables.

The code is the id under a keyed permutation of 64 bits: as long for everybody (so parts are counted exactly before), never
twice the same, and nobody can guess another's. So no row for each recipient is needed: the message leads to its batch, the
batch to its link. Another SECRET_KEY makes other codes: those already sent then lead nowhere.
"""

import string
from functools import cache
from hashlib import blake2b
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from staffetta.accounts import mail, operator
from staffetta.messaging.errors import LinkRefused

CODE_CHARS = 11  # of 62: the fewest that hold 64 bits
TARGET_CHARS_MAX = 2_000
# Ids begin with a year and a month, so hardly any wrong code can be taken for one.
_ID_MIN, _ID_MAX = 202001 * 10**13, 210001 * 10**13
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_ROUNDS = 6
_HALF = 2**32 - 1


def begin() -> str:
    """Return what every short address begins with now: the operator's short domain, else our own host."""
    domain = operator.current().short_domain
    if not domain:
        return mail.address("/l/")
    return f"{'http' if settings.PUBLIC_URL.startswith('http://') else 'https'}://{domain}/"


def sample(begins: str) -> str:
    """Return an address as long as every recipient's own, to be shown and counted."""
    return begins + "aB3dE6gH9jK"


def address(begins: str, message_id: int) -> str:
    """Return the address of one recipient."""
    return begins + code(message_id)


def code(message_id: int) -> str:
    """Return the code of a message."""
    value = _permuted(message_id, range(_ROUNDS))
    characters = []
    for _place in range(CODE_CHARS):
        value, digit = divmod(value, len(_ALPHABET))
        characters.append(_ALPHABET[digit])
    return "".join(reversed(characters))


def message_id(written: str) -> int | None:
    """Return whose code this is; None where it is nobody's for certain."""
    if len(written) != CODE_CHARS or not all(character in _VALUES for character in written):
        return None
    value = 0
    for character in written:
        value = value * len(_ALPHABET) + _VALUES[character]
    if value >= 2**64:
        return None
    # The other way round: halves swapped, rounds backwards.
    swapped = _permuted((value & _HALF) << 32 | value >> 32, range(_ROUNDS - 1, -1, -1))
    found = (swapped & _HALF) << 32 | swapped >> 32
    return found if _ID_MIN <= found < _ID_MAX else None


def target(written: str) -> str:
    """Return the address that a person wants to lead to, with its scheme. Raises LinkRefused."""
    tidy = written.strip()
    if tidy and "://" not in tidy.partition("?")[0] and not tidy.lower().startswith(("javascript:", "data:", "mailto:", "tel:")):
        tidy = f"https://{tidy}"
    try:
        parts = urlsplit(tidy)
        host = parts.hostname or ""
        parts.port  # noqa: B018  reading it checks it
    except ValueError:
        raise LinkRefused(value=_shortened(tidy), why=_("it is not written like an address of the internet.")) from None
    if parts.scheme.lower() not in ("http", "https"):
        raise LinkRefused(value=_shortened(tidy), why=_("only addresses that begin with http:// or https:// can be opened."))
    if "." not in host or host.startswith(".") or ".." in host or any(not each.isprintable() or each.isspace() for each in tidy):
        raise LinkRefused(value=_shortened(tidy), why=_("it is not written like an address of the internet."))
    if parts.username or parts.password:
        raise LinkRefused(value=_shortened(tidy), why=_("it has a user name or a password in it."))
    if len(tidy) > TARGET_CHARS_MAX:
        raise LinkRefused(value=_shortened(tidy), why=_("it has more than %(limit)s characters.") % {"limit": TARGET_CHARS_MAX})
    return tidy


def _shortened(value: str) -> str:
    return value if len(value) <= 60 else f"{value[:59]}…"


@cache
def _keys(secret: str) -> tuple[bytes, ...]:
    return tuple(blake2b(secret.encode(), digest_size=32, person=b"staffetta link", salt=bytes([each])).digest() for each in range(_ROUNDS))


def _permuted(value: int, rounds: range) -> int:
    """Walk a Feistel network of two halves of 32 bits."""
    keys = _keys(settings.SECRET_KEY)
    left, right = value >> 32, value & _HALF
    for each in rounds:
        mixed = int.from_bytes(blake2b(right.to_bytes(4, "big"), digest_size=4, key=keys[each]).digest(), "big")
        left, right = right, left ^ mixed
    return left << 32 | right
