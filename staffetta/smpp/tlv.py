"""Optional parameters: tag, length, value (§3.2.4.1). They stay bytes until someone asks for one."""

from collections.abc import Iterable
from struct import Struct
from typing import Final

from staffetta.smpp.constants import Status
from staffetta.smpp.errors import ProtocolError

Tlv = tuple[int, bytes]

_HEAD: Final = Struct(">HH")
_HEAD_SIZE: Final = _HEAD.size
_unpack = _HEAD.unpack_from
_VALUE_MAX: Final = 0xFFFF


def read(data: bytes) -> list[Tlv]:
    """Return tags and values in their order. Raises ProtocolError (RINVOPTPARSTREAM) where the lengths do not add up."""
    found = []
    position = 0
    size = len(data)
    while position < size:
        value = position + _HEAD_SIZE
        if value > size:
            raise ProtocolError("An optional parameter breaks off in its head.", Status.RINVOPTPARSTREAM)
        tag, length = _unpack(data, position)
        position = value + length
        if position > size:
            raise ProtocolError(f"Optional parameter {tag:#06x} breaks off in its value.", Status.RINVOPTPARSTREAM)
        found.append((tag, data[value:position]))
    return found


def write(pairs: Iterable[Tlv]) -> bytes:
    """Return the octets of these parameters. Raises ProtocolError (RINVPARLEN) where a tag or a length has no room."""
    chunks = []
    for tag, value in pairs:
        if not 0 <= tag <= _VALUE_MAX or len(value) > _VALUE_MAX:
            raise ProtocolError(f"Optional parameter {tag:#06x} of {len(value)} octets cannot be written.", Status.RINVPARLEN)
        chunks.append(_HEAD.pack(tag, len(value)) + value)
    return b"".join(chunks)
