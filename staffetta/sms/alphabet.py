"""GSM 03.38 and UCS-2: can this text be sent, and as what. Knows nothing of parts (parts.py) or of repairs (repair.py).

The default alphabet and its extension table are those of 3GPP 23.038 §6.2.1 and §6.2.1.1. A text is in GSM when every
character is in one of them; else the whole text travels as UCS-2, at less than half the length.
"""

import re
from codecs import charmap_build, charmap_decode, charmap_encode
from typing import Final, Literal

Alphabet = Literal["gsm", "ucs2"]

ESCAPE: Final = 0x1B

# Position in the string is the septet; U+FFFE stands for ESC, which is no character of its own.
BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\ufffeÆæßÉ"
    " !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}

# Texts are turned by the million, so the work is left to the interpreter's own single-byte codec. Its fast form wants
# NUL at position 0: there '@' (septet 0) takes the place of ESC, extension characters stand 128 above their septet,
# and TO_SEPTETS puts '@' back. What comes out at 1..127 is one septet, above 127 is two, and 0 is no GSM text.
_FAST_TABLE: Final = "\0" + BASIC[1:ESCAPE] + "@" + BASIC[ESCAPE + 1 :] + "".join(EXTENSION.get(i, "\ufffe") for i in range(128))
FAST_MAP: Final = charmap_build(_FAST_TABLE)
ONE_SEPTET: Final = bytes(range(1, 128))
_TO_SEPTETS: Final = bytes.maketrans(bytes([ESCAPE]), b"\0")

_DECODE_TABLE: Final = BASIC.replace("\ufffe", "\x1b") + "\ufffd" * 128
_PAIR: Final = re.compile("\x1b(.?)", re.DOTALL)
_PAIRS: Final = {BASIC[septet]: char for septet, char in EXTENSION.items()}


def fast_codes(text: str) -> bytes:
    """Return one byte a character, in the order above; for counting. Raises ValueError where a character is not GSM."""
    codes = charmap_encode(text, "strict", FAST_MAP)[0]
    if 0 in codes:
        raise ValueError("NUL is not in the GSM alphabet")
    return codes


def is_gsm(text: str) -> bool:
    """Tell whether every character is in the GSM default alphabet or its extension (3GPP 23.038 §6.2.1)."""
    try:
        fast_codes(text)
    except ValueError:
        return False
    return True


def encode_gsm(text: str) -> bytes:
    """Return the septets of a GSM text, unpacked, one a byte; extension characters are ESC and one more.

    Raises ValueError (UnicodeEncodeError) where a character is not GSM.
    """
    codes = fast_codes(text)
    extended = codes.translate(None, ONE_SEPTET)
    septets = codes.translate(_TO_SEPTETS)
    for code in set(extended):
        septets = septets.replace(bytes([code]), bytes([ESCAPE, code - 128]))
    return septets


def decode_gsm(septets: bytes) -> str:
    """Return the text of unpacked septets. Never raises.

    An ESC before a septet that has no extension shows that septet's basic character, a last ESC shows a space (both as
    3GPP 23.038 §6.2.1.1 asks of a handset); a byte above 0x7F is no septet and shows U+FFFD.
    """
    text = charmap_decode(septets, "strict", _DECODE_TABLE)[0]
    return _PAIR.sub(_unescaped, text) if "\x1b" in text else text


def _unescaped(match: re.Match[str]) -> str:
    char = match[1]
    if char in ("", "\x1b"):
        return " "
    return _PAIRS.get(char, char)


def encode_ucs2(text: str) -> bytes:
    """Return the text in 16-bit units, high byte first (3GPP 23.038 §6.2.3); what lies beyond them as surrogate pairs.

    A lone surrogate passes as it is: handsets show a box, and no text can stop the line.
    """
    return text.encode("utf-16-be", "surrogatepass")


def decode_ucs2(octets: bytes) -> str:
    """Return the text of 16-bit units. Never raises: lone surrogates pass, an odd last octet shows U+FFFD."""
    whole = len(octets) & ~1
    text = octets[:whole].decode("utf-16-be", "surrogatepass")
    return text if whole == len(octets) else text + "\ufffd"
