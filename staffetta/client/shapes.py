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


class Sent(TypedDict, total=False):
    """What became of many messages: an id for each in their order, None for one that was refused; `refused` says why."""

    batch: str | None
    accepted: int
    parts: int
    credits: str
    messages: list[str | None]
    refused: list[dict[str, Any]]


class Batch(TypedDict, total=False):
    """A send: `counts` says how many messages are in each state."""

    id: str
    type: int
    sender: str
    state: str
    recipients: int
    parts: int
    credits: str
    charged: str | None
    counts: dict[str, int]


class Credit(TypedDict, total=False):
    """What can be spent, what is held for sends under way."""

    available: str
    held: str
    balance: str


class Type(TypedDict, total=False):
    """A type of SMS: `id` is what `type` wants, `sender` the one it always has, None where it is yours to choose."""

    id: int
    name: str
    sender: str | None
    parts_max: int
    receipts: bool
    prices: list[dict[str, str]]


class Estimate(TypedDict, total=False):
    """What messages would cost: `items` has one for each that can be sent, `refused` the others."""

    recipients: int
    parts: int
    credits: str
    available: str
    enough: bool
    items: list[dict[str, Any]]
    refused: list[dict[str, Any]]
