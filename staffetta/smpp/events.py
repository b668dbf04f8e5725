"""What a session says has happened. The hot ones (ShortMessage, SubmitAnswer, DeliverAnswer) live in short.py."""

from typing import NamedTuple

from staffetta.smpp.pdu import Bind, Query, QueryAnswer
from staffetta.smpp.short import DeliverAnswer, ShortMessage, SubmitAnswer
from staffetta.smpp.tlv import Tlv


class BindRequest(NamedTuple):
    """SMSC: someone asks to be let in; give it to `answer_bind`. `command` tells which of the three binds it is."""

    sequence: int
    command: int
    bind: Bind


class BindAnswer(NamedTuple):
    """ESME: the bind was answered; with status 0 the session is bound."""

    sequence: int
    status: int
    system_id: str
    tlvs: tuple[Tlv, ...]


class QueryRequest(NamedTuple):
    """SMSC: someone asks after a message; give the sequence to `answer_query`."""

    sequence: int
    query: Query


class QueryReply(NamedTuple):
    """ESME: what became of the message asked after; with a status other than 0 the answer is empty."""

    sequence: int
    status: int
    answer: QueryAnswer


class LinkAnswer(NamedTuple):
    """The peer answered our enquire_link: it is alive."""

    sequence: int


class Unbound(NamedTuple):
    """The session has ended in order: the peer's unbind is answered, or ours was. Send what is outgoing and close."""

    sequence: int


class Nack(NamedTuple):
    """The peer could not make sense of our PDU of this sequence number (§4.3.1); 0 where it could not read even that."""

    sequence: int
    status: int


class Ignored(NamedTuple):
    """A PDU that the standard allows, wants no answer, and means nothing to us (outbind, alert_notification)."""

    sequence: int
    command: int


class Fault(NamedTuple):
    """The peer broke the protocol; the answer, where there is one, is in `outgoing`.

    When not `recoverable` the session is closed: send what is outgoing and close the connection.
    """

    sequence: int
    command: int
    status: int
    reason: str
    recoverable: bool


Event = (
    ShortMessage
    | SubmitAnswer
    | DeliverAnswer
    | BindRequest
    | BindAnswer
    | QueryRequest
    | QueryReply
    | LinkAnswer
    | Unbound
    | Nack
    | Ignored
    | Fault
)
