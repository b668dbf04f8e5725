"""Octets to PDUs and back, for all but the hot ones (short.py, templates.py). Raises ProtocolError only."""

from struct import Struct
from typing import Any, Final

from staffetta.smpp import tlv
from staffetta.smpp.constants import HEADER_SIZE, PDU_SIZE_MAX, RESPONSE_BIT, Command, Status
from staffetta.smpp.errors import ProtocolError
from staffetta.smpp.pdu import LAYOUTS, Empty, Field, Layout, Pdu

HEADER: Final = Struct(">IIII")
_UINT32_MAX: Final = 0xFFFFFFFF

# command, status, sequence, body
Frame = tuple[int, int, int, bytes]


def cut(data: bytes, size_max: int = PDU_SIZE_MAX) -> tuple[list[Frame], bytes, ProtocolError | None]:
    """Return the whole PDUs at the beginning of `data`, the octets left over, and what stopped the cutting.

    What is left over is shorter than one PDU, so a caller who puts the next octets behind it holds at most `size_max`
    more than it was given. The error is a command_length that cannot be (§3.2): nothing after it can be found again.
    """
    frames: list[Frame] = []
    add = frames.append
    unpack = HEADER.unpack_from
    position = 0
    size = len(data)
    while size - position >= HEADER_SIZE:
        length, command, status, sequence = unpack(data, position)
        if not HEADER_SIZE <= length <= size_max:
            reason = f"A PDU says it is {length} octets long; {HEADER_SIZE} to {size_max} can be."
            return frames, b"", ProtocolError(reason, Status.RINVCMDLEN, recoverable=False)
        end = position + length
        if end > size:
            break
        add((command, status, sequence, data[position + HEADER_SIZE : end]))
        position = end
    return frames, data[position:], None


def decode(data: bytes) -> Pdu:
    """Return the one PDU that `data` is. Raises ProtocolError where it is none, more than one, or not a known one."""
    frames, rest, error = cut(data)
    if error:
        raise error
    if len(frames) != 1 or rest:
        raise ProtocolError("These octets are not one whole PDU.", Status.RINVCMDLEN)
    command, status, sequence, body = frames[0]
    return decode_frame(command, status, sequence, body)


def decode_frame(command: int, status: int, sequence: int, data: bytes) -> Pdu:
    """Return the PDU of a header and a body. Raises ProtocolError with the status of the field that is wrong.

    An answer without a body has the defaults of its fields, whatever its status: some carriers leave it out even when
    all is well. What follows the header of a PDU that has no body is passed over.
    """
    layout = LAYOUTS.get(command)
    if layout is None:
        raise ProtocolError(f"There is no command {command:#010x}.", Status.RINVCMDID)
    if layout.body is Empty or (not data and command & RESPONSE_BIT):
        return Pdu(command, sequence, status, layout.body())
    values, position = _read_fields(layout, data)
    return Pdu(command, sequence, status, layout.body(**values), tuple(tlv.read(data[position:])))


def encode(pdu: Pdu) -> bytes:
    """Return the octets of a PDU, header first; an answer that refuses goes without an empty body (§4.4.2).

    Raises ProtocolError where a field does not fit.
    """
    layout = LAYOUTS.get(pdu.command)
    if layout is None:
        raise ProtocolError(f"There is no command {pdu.command:#010x}.", Status.RINVCMDID)
    if type(pdu.body) is not layout.body:
        raise ProtocolError(f"{type(pdu.body).__name__} is not the body of {Command(pdu.command).name}.", Status.RINVCMDID)
    if pdu.status and pdu.command & RESPONSE_BIT and pdu.body == layout.body() and not pdu.tlvs:
        return with_header(pdu.command, pdu.status, pdu.sequence)
    chunks = [_written(field, getattr(pdu.body, field.name)) for field in layout.fields]
    chunks.append(tlv.write(pdu.tlvs))
    return with_header(pdu.command, pdu.status, pdu.sequence, b"".join(chunks))


def with_header(command: int, status: int, sequence: int, body: bytes = b"") -> bytes:
    """Return a PDU of this body (§3.2). Raises ProtocolError where a header field has no room."""
    if not (0 <= status <= _UINT32_MAX and 0 <= sequence <= _UINT32_MAX):
        raise ProtocolError(f"Status {status} and sequence {sequence} must fit in four octets.")
    return HEADER.pack(HEADER_SIZE + len(body), command, status, sequence) + body


def _read_fields(layout: Layout, data: bytes) -> tuple[dict[str, Any], int]:
    values: dict[str, Any] = {}
    position = 0
    for field in layout.fields:
        if field.kind == "text":
            end = data.find(0, position, position + field.size + 1)
            if end < 0:
                raise ProtocolError(f"{field.name} does not end within {field.size} octets.", field.status)
            values[field.name] = data[position:end].decode("latin-1")
            position = end + 1
        elif position >= len(data):
            raise ProtocolError(f"The PDU breaks off before {field.name}.", Status.RINVCMDLEN)
        elif field.kind == "integer":
            values[field.name] = data[position]
            position += 1
        else:
            end = position + 1 + data[position]
            if end > len(data) or data[position] > field.size:
                raise ProtocolError(f"{field.name} is not as long as its length says, or longer than {field.size}.", field.status)
            values[field.name] = data[position + 1 : end]
            position = end
    return values, position


def _written(field: Field, value: Any) -> bytes:
    try:
        if field.kind == "integer":
            return bytes([value])
        octets: bytes = value.encode("latin-1") if field.kind == "text" else value
    except (ValueError, TypeError, AttributeError) as error:
        raise ProtocolError(f"{field.name} cannot be {value!r}.", field.status) from error
    if len(octets) > field.size:
        raise ProtocolError(f"{field.name} has {len(octets)} octets; at most {field.size} are allowed.", field.status)
    if field.kind == "octets":
        return bytes([len(octets)]) + octets
    if 0 in octets:
        raise ProtocolError(f"{field.name} contains a NUL.", field.status)
    return octets + b"\0"
