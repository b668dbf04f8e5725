"""The magic cards of the test bank: which number has which outcome. Knows not what our side makes of it.

Codes are those of ISO 8583 (field 39) where it has one.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Magic:
    """One card: `code` "" is a success; `later`: the code of a charge without the customer; `events` how its events are sent."""

    number: str
    what: str | Promise
    code: str = ""
    challenge: bool = False
    later: str = ""
    events: str = ""

    @property
    def spaced(self) -> str:
        """Return the number as it stands on a card."""
        return " ".join(self.number[at : at + 4] for at in range(0, len(self.number), 4))

    @property
    def brand(self) -> str:
        """Return the brand that the first digit stands for."""
        return "Mastercard" if self.number.startswith("5") else "Visa"


CARDS = (
    Magic("4242424242424242", _("pays")),
    Magic("4000001000000018", _("pays after a 3-D Secure code; without the customer it is refused"), challenge=True, later="1A"),
    Magic("5555555555554444", _("pays after a 3-D Secure code, and later without the customer"), challenge=True),
    Magic("4000001000000026", _("not enough money"), "51"),
    Magic("4000001000000034", _("not enabled for the internet"), "57"),
    Magic("4000001000000042", _("not enabled abroad"), "62"),
    Magic("4000001000000059", _("3-D Secure not active"), "3DS-OFF"),
    Magic("4000001000000067", _("the issuer does not answer"), "91"),
    Magic("4000001000000075", _("above its limit"), "61"),
    Magic("4000001000000083", _("unknown number"), "14"),
    Magic("4000001000000091", _("wrong expiry date"), "80"),
    Magic("4000001000000109", _("wrong security code"), "N7"),
    Magic("4000001000000117", _("expired"), "54"),
    Magic("4000001000000125", _("reported lost"), "41"),
    Magic("4000001000000133", _("reported stolen"), "43"),
    Magic("4000001000000141", _("refused without a reason"), "05"),
    Magic("4000001000000158", _("not for this currency"), "40"),
    Magic("4000001000000166", _("pays, and tells the shop everything twice"), events="twice"),
    Magic("4000001000000174", _("pays, and tells the shop late and in the wrong order"), events="late"),
    Magic("4000001000000182", _("pays now; without the customer there is not enough money"), later="51"),
    Magic("4000001000000190", _("pays now; without the customer it has expired"), later="54"),
    Magic("4000001000000208", _("pays, and the cardholder disputes it at once"), events="dispute"),
)
BY_NUMBER = {card.number: card for card in CARDS}
UNKNOWN = Magic("", "", "14")
CHALLENGE_FAILED, CANCELLED, ABANDONED, EXPIRED = "3DS-FAILED", "17", "68", "54"
CODES = {card.code for card in CARDS if card.code} | {card.later for card in CARDS if card.later} | {CHALLENGE_FAILED, CANCELLED, ABANDONED}


def plausible(number: str) -> bool:
    """Tell whether a card number has a right length and check digit (Luhn)."""
    if not (number.isascii() and number.isdecimal() and 13 <= len(number) <= 19):
        return False
    doubled = [int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
