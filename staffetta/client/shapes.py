"""The answers of the REST interface, as types. Fields that a later version adds are there too, unnamed here."""

from typing import Any, TypedDict


class Message(TypedDict, total=False):
    """One message: `id` has 19 digits, `credits` is a decimal number in a string."""

    id: str
    to: str
    sender: str
    parts: int
    credits: str
    state: str


class Batch(TypedDict, total=False):
    """Many messages that were accepted together."""

    id: str
    state: str
    recipients: int
    credits: str
    counts: dict[str, int]


class Credit(TypedDict, total=False):
    """What can be spent, what is held for sends under way."""

    available: str
    held: str
    balance: str


class Type(TypedDict, total=False):
    """A type of SMS: `id_api` is what `type` wants."""

    id_api: int
    name: str
    parts_max: int
    receipts: bool
    sender: str
    prices: Any


class Estimate(TypedDict, total=False):
    """What messages would cost."""

    recipients: list[dict[str, Any]]
    parts: int
    credits: str
    available: str
