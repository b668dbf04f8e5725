"""The table of PDUs: command id to body and fields. How fields become octets is codec.py's matter.

All bodies have defaults for their fields: an answer that refuses comes without a body (§4.1.2, §4.4.2, §4.8.2).
"""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from staffetta.smpp.constants import ADDRESS_MAX, INTERFACE_VERSION, SHORT_MESSAGE_MAX, Command, Status
from staffetta.smpp.tlv import Tlv


@dataclass(frozen=True, slots=True)
class Bind:
    """Who asks to be let in (§4.1)."""

    system_id: str = ""
    password: str = ""
    system_type: str = ""
    interface_version: int = INTERFACE_VERSION
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""


@dataclass(frozen=True, slots=True)
class BindAnswer:
    """Who lets in (§4.1.2)."""

    system_id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A short message to send (submit_sm, §4.4) or that came (deliver_sm, §4.6)."""

    service_type: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""
    dest_addr_ton: int = 0
    dest_addr_npi: int = 0
    destination_addr: str = ""
    esm_class: int = 0
    protocol_id: int = 0
    priority_flag: int = 0
    schedule_delivery_time: str = ""
    validity_period: str = ""
    registered_delivery: int = 0
    replace_if_present_flag: int = 0
    data_coding: int = 0
    sm_default_msg_id: int = 0
    short_message: bytes = b""


@dataclass(frozen=True, slots=True)
class MessageAnswer:
    """The id a carrier gave to a message (§4.4.2); empty in deliver_sm_resp (§4.6.2)."""

    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Query:
    """Which message is asked after (§4.8.1)."""

    message_id: str = ""
    source_addr_ton: int = 0
    source_addr_npi: int = 0
    source_addr: str = ""


@dataclass(frozen=True, slots=True)
class QueryAnswer:
    """What became of it (§4.8.2); `message_state` is a MessageState."""

    message_id: str = ""
    final_date: str = ""
    message_state: int = 0
    error_code: int = 0


@dataclass(frozen=True, slots=True)
class Empty:
    """The body of PDUs that are only a header."""


Body = Bind | BindAnswer | Message | MessageAnswer | Query | QueryAnswer | Empty


@dataclass(frozen=True, slots=True)
class Pdu:
    """One PDU, whole: header, mandatory fields, optional parameters in their order."""

    command: int
    sequence: int
    status: int = 0
    body: Body = Empty()
    tlvs: tuple[Tlv, ...] = ()


class Field(NamedTuple):
    """One mandatory field: its most octets (without the closing NUL of a text) and the status of a bad one."""

    name: str
    kind: Literal["integer", "text", "octets"]
    size: int
    status: int


class Layout(NamedTuple):
    """The body class of a command and its fields, in the order of the wire."""

    body: type[Body]
    fields: tuple[Field, ...]


def _integer(name: str, status: int = Status.RINVMSGLEN) -> Field:
    return Field(name, "integer", 1, status)


def _text(name: str, size: int, status: int) -> Field:
    return Field(name, "text", size, status)


# §4.1 allows 15 octets of system_id and 8 of password; carriers give out longer ones, so both may be as a message id is.
_ID_MAX: Final = 64
_TIME_MAX: Final = 16

_BIND: Final = Layout(
    Bind,
    (
        _text("system_id", _ID_MAX, Status.RINVSYSID),
        _text("password", _ID_MAX, Status.RINVPASWD),
        _text("system_type", 12, Status.RINVSYSTYP),
        _integer("interface_version"),
        _integer("addr_ton"),
        _integer("addr_npi"),
        _text("address_range", 40, Status.RBINDFAIL),
    ),
)
_BIND_ANSWER: Final = Layout(BindAnswer, (_text("system_id", _ID_MAX, Status.RINVSYSID),))
_MESSAGE: Final = Layout(
    Message,
    (
        _text("service_type", 5, Status.RINVSERTYP),
        _integer("source_addr_ton", Status.RINVSRCTON),
        _integer("source_addr_npi", Status.RINVSRCNPI),
        _text("source_addr", ADDRESS_MAX, Status.RINVSRCADR),
        _integer("dest_addr_ton", Status.RINVDSTTON),
        _integer("dest_addr_npi", Status.RINVDSTNPI),
        _text("destination_addr", ADDRESS_MAX, Status.RINVDSTADR),
        _integer("esm_class", Status.RINVESMCLASS),
        _integer("protocol_id"),
        _integer("priority_flag", Status.RINVPRTFLG),
        _text("schedule_delivery_time", _TIME_MAX, Status.RINVSCHED),
        _text("validity_period", _TIME_MAX, Status.RINVEXPIRY),
        _integer("registered_delivery", Status.RINVREGDLVFLG),
        _integer("replace_if_present_flag", Status.RINVREPFLAG),
        _integer("data_coding"),
        _integer("sm_default_msg_id", Status.RINVDFTMSGID),
        Field("short_message", "octets", SHORT_MESSAGE_MAX, Status.RINVMSGLEN),
    ),
)
_MESSAGE_ANSWER: Final = Layout(MessageAnswer, (_text("message_id", _ID_MAX, Status.RINVMSGID),))
_QUERY: Final = Layout(
    Query,
    (
        _text("message_id", _ID_MAX, Status.RINVMSGID),
        _integer("source_addr_ton", Status.RINVSRCTON),
        _integer("source_addr_npi", Status.RINVSRCNPI),
        _text("source_addr", ADDRESS_MAX, Status.RINVSRCADR),
    ),
)
_QUERY_ANSWER: Final = Layout(
    QueryAnswer,
    (
        _text("message_id", _ID_MAX, Status.RINVMSGID),
        _text("final_date", _TIME_MAX, Status.RQUERYFAIL),
        _integer("message_state"),
        _integer("error_code"),
    ),
)
_EMPTY: Final = Layout(Empty, ())

LAYOUTS: Final[dict[int, Layout]] = {
    Command.BIND_RECEIVER: _BIND,
    Command.BIND_RECEIVER_RESP: _BIND_ANSWER,
    Command.BIND_TRANSMITTER: _BIND,
    Command.BIND_TRANSMITTER_RESP: _BIND_ANSWER,
    Command.BIND_TRANSCEIVER: _BIND,
    Command.BIND_TRANSCEIVER_RESP: _BIND_ANSWER,
    Command.UNBIND: _EMPTY,
    Command.UNBIND_RESP: _EMPTY,
    Command.SUBMIT_SM: _MESSAGE,
    Command.SUBMIT_SM_RESP: _MESSAGE_ANSWER,
    Command.DELIVER_SM: _MESSAGE,
    Command.DELIVER_SM_RESP: _MESSAGE_ANSWER,
    Command.QUERY_SM: _QUERY,
    Command.QUERY_SM_RESP: _QUERY_ANSWER,
    Command.ENQUIRE_LINK: _EMPTY,
    Command.ENQUIRE_LINK_RESP: _EMPTY,
    Command.GENERIC_NACK: _EMPTY,
}
