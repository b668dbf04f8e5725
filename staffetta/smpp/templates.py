"""The hot PDUs as they go out: what is alike in all messages of a send is made once, the rest is put between."""

from dataclasses import replace
from struct import Struct
from typing import Final

from staffetta.smpp import tlv
from staffetta.smpp.codec import encode
from staffetta.smpp.constants import ADDRESS_MAX, HEADER_SIZE, SHORT_MESSAGE_MAX, Command, Status
from staffetta.smpp.errors import ProtocolError
from staffetta.smpp.pdu import Message, Pdu
from staffetta.smpp.tlv import Tlv

_pack = Struct(">IIII").pack
_LENGTHS: Final = tuple(bytes([length]) for length in range(256))
_SUBMIT_SM: Final = int(Command.SUBMIT_SM)
_DELIVER_SM: Final = int(Command.DELIVER_SM)


class SubmitTemplate:
    """A submit_sm (§4.4.1) that lacks its sequence number, destination and short message."""

    __slots__ = ("_head", "_size", "_tail", "_tlvs")

    def __init__(self, message: Message, tlvs: tuple[Tlv, ...] = ()) -> None:
        """Take the constant fields of `message`; its destination and text are ignored. Raises ProtocolError."""
        body = _empty(_SUBMIT_SM, message)
        split = len(message.service_type) + len(message.source_addr) + 6  # two NULs, and ton and npi twice
        self._head = body[:split]
        self._tail = body[split:-1]
        self._tlvs = tlv.write(tlvs)
        self._size = HEADER_SIZE + len(self._head) + len(self._tail) + 1 + len(self._tlvs)

    def encode(self, sequence: int, destination: str, short_message: bytes) -> bytes:
        """Return a whole submit_sm. Raises ProtocolError where the destination or the text does not fit.

        `destination` is without '+' (at most 20 ASCII characters), `short_message` at most 254 octets, header included.
        """
        address = _address(destination, Status.RINVDSTADR)
        length = len(short_message)
        if length > SHORT_MESSAGE_MAX:
            raise _too_long(length)
        return b"".join(
            (
                _pack(self._size + len(address) + length, _SUBMIT_SM, 0, sequence),
                self._head,
                address,
                self._tail,
                _LENGTHS[length],
                short_message,
                self._tlvs,
            )
        )


class DeliverTemplate:
    """A deliver_sm (§4.6.1) that lacks its sequence number, both addresses, text and optional parameters."""

    __slots__ = ("_between", "_head", "_tail")

    def __init__(self, message: Message) -> None:
        """Take the constant fields of `message`; its addresses and text are ignored. Raises ProtocolError."""
        body = _empty(_DELIVER_SM, replace(message, source_addr=""))
        split = len(message.service_type) + 3
        self._head = body[:split]
        self._between = body[split : split + 3]  # the NUL of the source, ton and npi of the destination
        self._tail = body[split + 3 : -1]

    def encode(self, sequence: int, source: str, destination: str, short_message: bytes, tlvs: bytes = b"") -> bytes:
        """Return a whole deliver_sm. Raises ProtocolError where an address or the text does not fit."""
        length = len(short_message)
        if length > SHORT_MESSAGE_MAX:
            raise _too_long(length)
        body = b"".join(
            (
                self._head,
                _address(source, Status.RINVSRCADR),
                self._between,
                _address(destination, Status.RINVDSTADR),
                self._tail,
                _LENGTHS[length],
                short_message,
                tlvs,
            )
        )
        return _pack(HEADER_SIZE + len(body), _DELIVER_SM, 0, sequence) + body


def relative_time(seconds: int) -> str:
    """Return a span of time as validity_period or schedule_delivery_time want it (§7.1.1.1): '000001020304000R'.

    From 1 second to 99 years; a year is 365 days here and a month 30. Raises ValueError beyond.
    """
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    years, rest = divmod(days, 365)
    months, day = divmod(rest, 30)
    if seconds < 1 or years > 99:
        raise ValueError(f"{seconds} seconds cannot be written as a relative time.")
    return f"{years:02}{months:02}{day:02}{hour:02}{minute:02}{second:02}000R"


def _address(text: str, status: int) -> bytes:
    try:
        address = text.encode("ascii")
    except UnicodeEncodeError:
        raise ProtocolError(f"Address {text!r} is not ASCII.", status) from None
    if len(address) > ADDRESS_MAX or 0 in address:
        raise ProtocolError(f"Address {text!r} must have at most {ADDRESS_MAX} characters and no NUL.", status)
    return address


def _too_long(length: int) -> ProtocolError:
    return ProtocolError(f"The short message has {length} octets; at most {SHORT_MESSAGE_MAX} are allowed.", Status.RINVMSGLEN)


def _empty(command: int, message: Message) -> bytes:
    """Return the body of `message` without destination and text, its other fields checked by the codec."""
    return encode(Pdu(command, 0, body=replace(message, destination_addr="", short_message=b"")))[HEADER_SIZE:]
