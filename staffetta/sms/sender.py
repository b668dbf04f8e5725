"""What may stand as the sender of an SMS, by its form alone. Who may use it is for messaging/compose.py.

A sender is a name of at most 11 characters (3GPP 23.040 §9.1.2.5: 11 septets fill the address field), a telephone
number, or a short code. A name that could be taken for a number is refused (AGCOM).
"""

import re
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from staffetta.sms.alphabet import EXTENSION
from staffetta.sms.errors import SenderError

Kind = Literal["alphanumeric", "international", "national", "short"]

NAME_MAX: Final = 11
DIGITS_MAX: Final = 20  # SMPP 3.4 §4.4.1: source_addr has 21 octets, one is the closing NUL
INTERNATIONAL_MIN: Final = 7
SHORT_MIN: Final = 3
SHORT_MAX: Final = 6

# Ton and npi of each kind (SMPP 3.4 §5.2.5, §5.2.6).
_TON_NPI: Final[dict[Kind, tuple[int, int]]] = {
    "alphanumeric": (5, 0),
    "international": (1, 1),
    "national": (0, 1),
    "short": (0, 1),
}

# SMPP addresses are ASCII (§3.1, C-octet strings); of ASCII the handset has all but the grave accent.
_NAME_CHARACTERS: Final = frozenset(chr(code) for code in range(0x20, 0x7F)) - {"`"}
_DOUBLE: Final = frozenset(EXTENSION.values())
_NUMBER: Final = re.compile(r"\+?[0-9]+").fullmatch
_LETTERS_AS_DIGITS: Final = str.maketrans("OoIl", "0011", " +-./()_")
_LOOKALIKE_DIGITS: Final = 5


class Sender(NamedTuple):
    """A sender that is fit to be sent: `value` as people write it, `address` as it travels, with its ton and npi."""

    kind: Kind
    value: str
    address: str
    ton: int
    npi: int


@lru_cache(4096)  # a program sends thousands of messages from few senders
def check(sender: str) -> Sender:
    """Return the sender with its kind and its SMPP facts. Raises SenderError with one of SENDER_CODES."""
    if not sender.strip():
        raise SenderError("sender_empty", sender)
    if sender != sender.strip():
        raise SenderError("sender_edge_space", sender)
    kind = _number_kind(sender) if _NUMBER(sender) else _name_kind(sender)
    ton, npi = _TON_NPI[kind]
    address = sender[1:] if kind == "international" else sender
    return Sender(kind, sender, address, ton, npi)


def _number_kind(sender: str) -> Kind:
    digits = sender.lstrip("+")
    if len(digits) > DIGITS_MAX:
        raise SenderError("sender_too_long", sender, length=len(digits), limit=DIGITS_MAX)
    if len(digits) < (INTERNATIONAL_MIN if sender[0] == "+" else SHORT_MIN):
        raise SenderError("sender_too_short", sender, length=len(digits))
    if sender[0] == "+":
        return "international"
    return "short" if len(digits) <= SHORT_MAX else "national"


def _name_kind(sender: str) -> Kind:
    wrong = "".join(dict.fromkeys(char for char in sender if char not in _NAME_CHARACTERS))
    if wrong:
        raise SenderError("sender_characters", sender, characters=wrong)
    length = len(sender) + sum(char in _DOUBLE for char in sender)
    digits = sender.translate(_LETTERS_AS_DIGITS)
    if digits.isdecimal() and sum(char.isdecimal() for char in sender) >= _LOOKALIKE_DIGITS:
        raise SenderError("sender_looks_like_number", sender)
    if length > NAME_MAX:
        raise SenderError("sender_too_long", sender, length=length, limit=NAME_MAX)
    if not any(char.isalpha() for char in sender):
        raise SenderError("sender_no_letter", sender)
    return "alphanumeric"
