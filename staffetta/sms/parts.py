"""Split a text where the network splits it, and count it by the same cuts. Used by pricing and by connectors alike.

One SMS carries 140 octets: 160 septets or 70 units. A longer text is joined from several, each of which gives six
octets to the header that numbers it (3GPP 23.040 §9.2.3.24.1): 153 septets or 67 units remain. An ESC pair or a
surrogate pair is never cut, so a part may be one short; the count knows.
"""

from codecs import charmap_encode
from collections.abc import Sequence
from typing import Final, NamedTuple

from staffetta.sms.alphabet import ESCAPE, FAST_MAP, ONE_SEPTET, Alphabet, decode_gsm, decode_ucs2, encode_gsm, encode_ucs2, is_gsm

GSM_SINGLE: Final = 160
GSM_JOINED: Final = 153
UCS2_SINGLE: Final = 70
UCS2_JOINED: Final = 67
PARTS_LIMIT: Final = 255  # the header counts parts in one octet

DATA_CODING: Final[dict[Alphabet, int]] = {"gsm": 0x00, "ucs2": 0x08}  # SMPP 3.4 §5.2.19
ESM_PLAIN: Final = 0x00
ESM_UDH: Final = 0x40  # SMPP 3.4 §5.2.12: the short message begins with a user data header


class Count(NamedTuple):
    """What a text costs on the air: its alphabet, its length in septets or 16-bit units, its SMS."""

    alphabet: Alphabet
    units: int
    parts: int


class Encoded(NamedTuple):
    """A text ready for submit_sm: one payload an SMS, header included, with the two fields that describe them."""

    data_coding: int
    esm_class: int
    payloads: list[bytes]


# Most texts are short and plain: their counts are made once.
_SHORT: Final = tuple(Count("gsm", units, 1) for units in range(GSM_SINGLE + 1))


def count(text: str) -> Count:
    """Return alphabet, units and parts of a text, exactly as `payloads` would send it. An empty text is one SMS."""
    try:
        codes = charmap_encode(text, "strict", FAST_MAP)[0]
    except UnicodeEncodeError:
        return _count_ucs2(text)
    units = len(codes)
    doubled = codes.translate(None, ONE_SEPTET)
    if doubled:
        if 0 in doubled:
            return _count_ucs2(text)
        units += len(doubled)
    if units <= GSM_SINGLE:
        return _SHORT[units]
    if not doubled:
        return Count("gsm", units, -(-units // GSM_JOINED))
    return Count("gsm", units, len(_gsm_chunks(encode_gsm(text))))


def _count_ucs2(text: str) -> Count:
    octets = encode_ucs2(text)
    units = len(octets) // 2
    if units <= UCS2_SINGLE:
        return Count("ucs2", units, 1)
    if units == len(text):
        return Count("ucs2", units, -(-units // UCS2_JOINED))
    return Count("ucs2", units, len(_ucs2_chunks(octets)))


def split(text: str) -> list[str]:
    """Return the text of each SMS, in order; [""] for an empty text. Joined they give the text back."""
    if is_gsm(text):
        return [decode_gsm(chunk) for chunk in _gsm_chunks(encode_gsm(text))]
    return [decode_ucs2(chunk) for chunk in _ucs2_chunks(encode_ucs2(text))]


def join(parts: Sequence[str]) -> str:
    """Return the text of which these are the parts, in order."""
    return "".join(parts)


def encoded(text: str, reference: int) -> Encoded:
    """Return the short_message of each SMS, with the data_coding and esm_class of all of them.

    `reference` tells the joined texts to one number apart: its low 8 bits are used. GSM septets are one a byte, as SMPP
    carries them. Raises ValueError where the text needs more than 255 parts.
    """
    alphabet: Alphabet = "gsm"
    try:
        chunks = _gsm_chunks(encode_gsm(text))
    except ValueError:
        alphabet = "ucs2"
        chunks = _ucs2_chunks(encode_ucs2(text))
    total = len(chunks)
    if total == 1:
        return Encoded(DATA_CODING[alphabet], ESM_PLAIN, chunks)
    if total > PARTS_LIMIT:
        raise ValueError(f"A text of {total} parts cannot be sent; at most {PARTS_LIMIT} can be joined.")
    header = bytes([5, 0, 3, reference & 0xFF, total])
    joined = [header + bytes([number]) + chunk for number, chunk in enumerate(chunks, start=1)]
    return Encoded(DATA_CODING[alphabet], ESM_UDH, joined)


def payloads(text: str, reference: int) -> list[bytes]:
    """Return only the payloads of `encoded`. Raises as it does."""
    return encoded(text, reference).payloads


def _gsm_chunks(septets: bytes) -> list[bytes]:
    size = len(septets)
    if size <= GSM_SINGLE:
        return [septets]
    chunks = []
    start = 0
    while start < size:
        end = start + GSM_JOINED
        if end < size and septets[end - 1] == ESCAPE:
            end -= 1
        chunks.append(septets[start:end])
        start = end
    return chunks


def _ucs2_chunks(octets: bytes) -> list[bytes]:
    size = len(octets)
    if size <= UCS2_SINGLE * 2:
        return [octets]
    chunks = []
    start = 0
    while start < size:
        end = start + UCS2_JOINED * 2
        if end < size and octets[end - 2] & 0xFC == 0xD8 and octets[end] & 0xFC == 0xDC:
            end -= 2
        chunks.append(octets[start:end])
        start = end
    return chunks
