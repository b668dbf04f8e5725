"""What the old interfaces answer, byte for byte: the line of HTTP, and the number and text of every fault. Pure; in English, always."""

from typing import Final, NamedTuple

from staffetta.api.errors import dialect
from staffetta.api.operations import Sent
from staffetta.lib.errors import Refused
from staffetta.lib.money import fixed

# By number. %(name)s is the parameter's. Programs look for these words: none is ever changed.
_WORDS: Final = {
    3: "Access denied",
    5: "%(name)s not specified",
    13: "%(name)s invalid parameter type",
    32: "Internal error",
    100: "Invalid destination",
    101: "Destination not allowed",
    102: "body contains invalid characters or is too long",
    103: "Not enough credit",
    104: "Invalid id_api",
    105: "sender contains invalid characters or is too long",
}
# Where a code says more than its number.
_OWN_WORDS: Final = {
    "not_readable": "request cannot be read",
    "method_not_allowed": "method must be %(allowed)s",
    "too_many_recipients": "sms has more messages than a call can carry",
    "key_used_differently": "client_id was used before for another message",
    "too_late_to_send": "deliver_timestamp has passed",
    "too_far_ahead": "deliver_timestamp is more than a year ahead",
    "too_many_calls": "Too many calls, try again later",
    "in_doubt": "Unknown whether it was sent, repeat with the same client_id",
    "repeat_under_way": "The first call with this client_id is still under way, try again later",
    "no_route": "No carrier for this destination at the moment, try again later",
}


class Told(NamedTuple):
    """A refusal as the old interfaces tell it."""

    number: int
    text: str


def told(refusal: Refused) -> Told:
    """Return number and text of a refusal."""
    if refusal.code == "sender_refused" and not refusal.values.get("sender"):
        return Told(5, _WORDS[5] % {"name": "sender"})
    number = dialect(refusal).legacy
    words = _OWN_WORDS.get(refusal.code) or _WORDS[number]
    allowed = str(refusal.values.get("allowed", "POST")).replace(", ", " or ")
    return Told(number, words % {"name": refusal.values.get("name", "request"), "allowed": allowed})


def line(answer: Sent | Refused) -> bytes:
    """Return the one line that answers a send; of a refusal also that of any other call."""
    if isinstance(answer, Refused):
        number, text = told(answer)
        return f"-{number}-{text}".encode("ascii")
    return b"+01 SMS Queued - ID: %d" % answer.message_id


def credit(available_e4: int) -> str:
    """Return credit with four decimals, a point and no sign."""
    return fixed(max(available_e4, 0))
