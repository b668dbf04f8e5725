"""Turn base64 of the old interfaces into text: tolerant of how it was written, and of the three charsets in use. Knows no parameter."""

import binascii
import re
from typing import Final

from staffetta.sms.alphabet import decode_gsm

_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}").fullmatch
_BLANKS: Final = str.maketrans("", "", "\r\n ")
# Control characters that no text in Windows-1252 or UTF-8 has: where one is, the bytes are septets.
_SEPTETS: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]").search
_UNFIT: Final = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ufffd]").search


def decode(value: str) -> str:
    """Return the text in base64. Raises ValueError.

    Blanks and line ends are skipped and padding may be missing. CR LF and a lone CR become LF.
    """
    return text(octets(value))


def octets(value: str) -> bytes:
    """Return the bytes in base64. Raises ValueError."""
    try:
        return binascii.a2b_base64(value, strict_mode=True)  # as nearly all are written
    except ValueError:
        pass
    packed = value.translate(_BLANKS)
    if not _BASE64(packed):
        raise ValueError("not base64")
    packed = packed.rstrip("=")
    if len(packed) % 4 == 1:
        raise ValueError("base64 is cut")
    return binascii.a2b_base64(packed + "=" * (-len(packed) % 4))


def text(data: bytes) -> str:
    """Return the text of these bytes: GSM 03.38 by its control characters, else UTF-8 where it is valid, else Windows-1252. Raises ValueError."""
    if _SEPTETS(data):
        found = decode_gsm(data)
    else:
        try:
            found = data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            found = data.decode("cp1252")
        found = found.replace("\t", " ")
    found = found.replace("\r\n", "\n").replace("\r", "\n")
    if _UNFIT(found):
        raise ValueError("a control character, or a byte that is no septet")
    return found
