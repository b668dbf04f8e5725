"""The answers of the REST interface, as types: field by field what its description says. Fields that a later version adds are there, unnamed."""

from typing import TypedDict


class Accepted(TypedDict, total=False):
    """A message that was accepted: `id` has 19 digits, `credits` is a decimal number in a string."""

    id: str
    to: str
    sender: str
    parts: int
    credits: str
    state: str


class Message(Accepted, total=False):
    """A message as it stands: times are text in ISO 8601; `key` is your own, `error` the carrier's code, `reason` the same in words."""

    batch: str | None
    text: str
    type: int
    alphabet: str
    key: str | None
    error: str | None
    reason: str | None
    created_at: str
    send_at: str
    submitted_at: str | None
    ended_at: str | None
    sandbox: bool


class Refusal(TypedDict, total=False):
    """A message of a call that was not taken: its place in the call, and why."""

    index: int
    to: str
    code: str
    detail: str


class Warned(TypedDict, total=False):
    """Something that was done, and may not be what you meant."""

    code: str
    detail: str


class Sent(TypedDict, total=False):
    """What became of many messages: an id for each in their order, None for one that was refused; `refused` says why.

    `batches` are all the sends that the call became, `batch` the first of them; `warnings` are about what was sent all the same.
    """

    batch: str | None
    batches: list[str]
    accepted: int
    parts: int
    credits: str
    messages: list[str | None]
    refused: list[Refusal]
    warnings: list[Warned]


class Batch(TypedDict, total=False):
    """A send: `counts` says how many messages are in each state, `charged` what it cost, None until it has ended."""

    id: str
    type: int
    sender: str
    text: str
    state: str
    recipients: int
    parts: int
    credits: str
    charged: str | None
    counts: dict[str, int]
    send_at: str
    created_at: str
    settled_at: str | None


class Credit(TypedDict, total=False):
    """What can be spent, what is held for sends under way."""

    available: str
    held: str
    balance: str


class Price(TypedDict, total=False):
    """What a part costs toward numbers that begin so; the longest prefix that fits counts."""

    prefix: str
    credits: str


class Type(TypedDict, total=False):
    """A type of SMS: `id` is what `type` wants, `sender` the one it always has, None where it is yours to choose."""

    id: int
    name: str
    sender: str | None
    parts_max: int
    receipts: bool
    prices: list[Price]


class Costly(TypedDict, total=False):
    """A character that makes a text dear: where it stands, and what to write instead, None where there is nothing."""

    character: str
    positions: list[int]
    replacement: str | None


class Text(TypedDict, total=False):
    """How a text travels, and how it would with its dear characters replaced."""

    alphabet: str
    parts: int
    costly: list[Costly]
    repaired: str
    repaired_parts: int


class OwnText(Text, total=False):
    """How one of the recipients' own texts travels."""

    text: str


class Priced(TypedDict, total=False):
    """What one message would cost."""

    index: int
    to: str
    alphabet: str
    parts: int
    credits: str


class Estimate(TypedDict, total=False):
    """What messages would cost: `items` has one for each that can be sent, `refused` the others; `available` None for keys that may not read it."""

    recipients: int
    parts: int
    credits: str
    available: str | None
    enough: bool
    text: Text | None
    texts: list[OwnText]
    warnings: list[Warned]
    items: list[Priced]
    refused: list[Refusal]
    left_out: dict[str, int]


class LookupResult(TypedDict, total=False):
    """What is known of one number; *answered* is the state that is charged, `operator_of_range` is free and no lookup."""

    number: str
    state: str
    code: str | None
    reach: str | None
    operator: str | None
    original_operator: str | None
    mcc: str | None
    mnc: str | None
    ported: bool | None
    operator_of_range: str | None
    asked_at: str | None
    answered_at: str | None
    reused: bool
    simulated: bool
    credits: str


class LeftOut(TypedDict, total=False):
    """A number that is not looked up, and why."""

    number: str
    code: str
    detail: str


class Lookup(TypedDict, total=False):
    """Numbers that are looked up: `result` is the answer of a single one, `charged` is None until the state is *settled*."""

    id: str
    source: str
    name: str
    state: str
    numbers: int
    asks: int
    reused: int
    price: str
    credits: str
    charged: str | None
    counts: dict[str, int]
    left_out: list[LeftOut]
    left_out_count: int
    result: LookupResult | None
    simulated: bool
    created_at: str
    settled_at: str | None
