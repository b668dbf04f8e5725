"""What can be sent at this moment, and for how much: the types on sale with their prices, and the routes. Judges one message by it.

For programs: their texts are sent as they are (braces are braces), and nobody confirms anything. Writes nothing.
Next: singles.py (one message a call) or many.py (many with personal texts).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from staffetta.billing.errors import NoPrice
from staffetta.billing.models import SmsType, TypePrice
from staffetta.billing.pricing import Prices
from staffetta.carriers import routing
from staffetta.contacts.problems import ALONE
from staffetta.messaging import compose
from staffetta.messaging.errors import EmptyText, NoRoute, NumberRefused, TextTooLong, TypeUnknown
from staffetta.messaging.singles import Single
from staffetta.sms import number as numbers
from staffetta.sms import parts as sms_parts
from staffetta.sms.errors import NumberError

# A program's message is judged by a price list, and by routes, that are at most so old.
FRESH_S = 1.0


class Asked(NamedTuple):
    """One message as a program asks for it. `type` is the API number; `number` as written; `key` the program's own ("" for none).

    `send_at` None means now.
    """

    type: int
    number: str
    text: str
    sender: str = ""
    key: str = ""
    send_at: datetime | None = None


@dataclass(frozen=True)
class Offer:
    """The types on sale by API number, each with its prices, and the routes."""

    types: Mapping[int, tuple[SmsType, Prices]]
    routes: routing.Table

    def type(self, api_id: int) -> tuple[SmsType, Prices]:
        """Return a type and its prices. Raises TypeUnknown."""
        found = self.types.get(api_id)
        if found is None:
            raise TypeUnknown(type=api_id, known=", ".join(map(str, sorted(self.types))))
        return found


_kept: tuple[float, Offer] | None = None


def current() -> Offer:
    """Return the offer of this moment, or of a second ago."""
    global _kept
    now = time.monotonic()
    if _kept is None or now - _kept[0] > FRESH_S:
        _kept = (now, read())
    return _kept[1]


def forget() -> None:
    """Read the offer anew at the next call."""
    global _kept
    _kept = None


def read() -> Offer:
    """Read the offer from the database."""
    by_type: dict[int, dict[str, int]] = {}
    for type_id, prefix, cost_e4 in TypePrice.objects.filter(type__active=True).values_list("type_id", "prefix", "cost_e4"):
        by_type.setdefault(type_id, {})[prefix] = cost_e4
    types = {kind.api_id: (kind, Prices(kind.name, by_type.get(kind.pk, {}))) for kind in SmsType.objects.filter(active=True)}
    return Offer(types, routing.table())


def number_of(raw: str, country: str) -> str:
    """Return a number in E.164. Raises NumberRefused."""
    try:
        return numbers.parse(raw, country)
    except NumberError as error:
        raise NumberRefused(number=raw[:40], why=ALONE[error.code], problem=error.code) from None


def judge(
    offer: Offer, asked: Asked, account_id: int, user_id: int, country: str, key: str, mark: str = "", via: str = "", via_key: int = 0
) -> Single:
    """Return what to accept for one message, under a key of the account's ("" for none) and a mark of our own; `via`: `origin.py`.

    Raises TypeUnknown, SenderRefused, EmptyText, NumberRefused, NoPrice, TextTooLong, NoRoute, TooLateToSend, TooFarAhead.
    """
    common = judge_common(offer, asked, country)
    connector_id, number, prefix, parts, cost_e4 = judge_one(offer, common, asked.number, asked.text)
    kind = common.type
    return Single(
        account_id,
        kind.pk,
        common.sender,
        asked.text,
        number,
        parts,
        cost_e4,
        prefix,
        connector_id,
        kind.receipts,
        kind.parts_max,
        key,
        user_id,
        send_at=asked.send_at,
        mark=mark,
        via=via,
        via_key=via_key,
    )


class Common(NamedTuple):
    """What the messages of one call have in common, judged."""

    type: SmsType
    prices: Prices
    sender: str
    country: str


def judge_common(offer: Offer, asked: Asked, country: str) -> Common:
    """Judge what all messages of a call share. Raises TypeUnknown, SenderRefused, TooLateToSend, TooFarAhead."""
    kind, prices = offer.type(asked.type)
    if asked.send_at is not None:
        compose.check_time(asked.send_at)
    return Common(kind, prices, compose.chosen_sender(kind, asked.sender), country)


_LONG = 2_000


@lru_cache(1)  # a text as long as a call may be, to ten thousand recipients, would be counted for minutes
def _parts_of_long(text: str) -> int:
    return sms_parts.count(text).parts


def judge_one(offer: Offer, common: Common, raw: str, text: str) -> tuple[int, str, str, int, int]:
    """Return connector, number, destination prefix, parts and cost of one message.

    Raises EmptyText, NumberRefused, NoPrice, TextTooLong, NoRoute.
    """
    if not text or text.isspace():
        raise EmptyText
    kind, prices = common.type, common.prices
    number = number_of(raw, common.country)
    prefix = prices.prefix(number)
    if prefix is None:
        raise NoPrice(type=kind.name, number=number)
    parts = sms_parts.count(text).parts if len(text) <= _LONG else _parts_of_long(text)
    if parts > kind.parts_max:
        raise TextTooLong(number=number, parts=parts, parts_max=kind.parts_max, type=kind.name)
    connector_id = offer.routes.connector(number)
    if connector_id is None:
        raise NoRoute(number=number)
    return connector_id, number, prefix, parts, parts * prices.by_prefix[prefix]
