"""POST /messages without its web server: from bytes to what is asked, from what became of it to bytes. Pure but for the language."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from staffetta.api.operations import Sent
from staffetta.api.rest import problems, reading
from staffetta.api.rest.moments import utc
from staffetta.lib.errors import Refused
from staffetta.lib.money import fixed
from staffetta.messaging.offer import Asked

ACCEPTED = 202
Type = Annotated[int, Meta(ge=1, le=2**31 - 1, description="Number of the type of SMS, as GET /types lists it.", examples=[21])]
To = Annotated[str, Meta(max_length=64, description="Recipient's number, best with its prefix.", examples=["+393331234567"])]
Text = Annotated[str, Meta(description="The text, sent as it is.", examples=["Your order is ready."])]
Sender = Annotated[str, Meta(max_length=64, description="Who it comes from, where the type leaves the choice.", examples=["BRUNI"])]
SendAt = Annotated[datetime, Meta(tz=True, description="When it leaves, with its zone; null: now.", examples=["2026-12-24T09:00:00+01:00"])]


class Message(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """One message to one recipient."""

    type: Type
    to: To
    text: Text
    sender: Sender = ""
    send_at: SendAt | None = None


class Accepted(msgspec.Struct, frozen=True, gc=False):
    """A message that was accepted and charged."""

    id: str
    to: str
    sender: str
    parts: int
    credits: str
    state: str


_decoder = msgspec.json.Decoder(Message)
_encoder = msgspec.json.Encoder()
_HEADERS = [("Content-Type", reading.JSON)]
_REPEATED = [*_HEADERS, ("Idempotency-Replayed", "true")]


def decode(body: bytes, key: str = "") -> Asked:
    """Return the message that a body asks for, under the caller's own key ("" for none). Raises ApiRefused."""
    reading.check_size(len(body), reading.SMALL_BYTES_MAX)
    found = reading.decoded(_decoder, body)
    if reading.has_nul(body):
        reading.check_no_nul({"to": found.to, "text": found.text, "sender": found.sender})
    return Asked(found.type, found.to, found.text, found.sender, key, found.send_at and utc(found.send_at))


def encode(answer: Sent | Refused, language: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, headers and body for what became of a message."""
    if isinstance(answer, Refused):
        return problems.rendered(answer, language)
    body = Accepted(str(answer.message_id), answer.number, answer.sender, answer.parts, fixed(answer.cost_e4), "queued")
    return ACCEPTED, _REPEATED if answer.repeated else _HEADERS, _encoder.encode(body)
