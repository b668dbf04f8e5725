"""Write any name in the letters that FatturaPA allows (Basic Latin and Latin-1), within a field's length. Pure."""

import re
import unicodedata

_SIGNS = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‹": "'", "›": "'", "–": "-", "—": "-", "‐": "-", "‑": "-",
    "−": "-", "…": "...", "•": "-", "€": "EUR", "™": "TM", "№": "N.", "†": "+", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d",
    "Đ": "D", "ħ": "h", "Ħ": "H", "ı": "i", "ĸ": "k", "ŋ": "ng", "Ŋ": "NG", "ŧ": "t", "Ŧ": "T", "ẞ": "SS", "ə": "e", "Ə": "E",
}  # fmt: skip
# As passports write them: ELOT 743 for Greek, ICAO 9303 for Cyrillic.
_GREEK = "αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξx οo πp ρr σs ςs τt υy φf χch ψps ωo"
_CYRILLIC = "аa бb вv гg дd еe ёe жzh зz иi йi кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъie ыy ь эe юiu яia єie іi їi ґg ђd јj љlj њnj ћc џdz"
_LETTERS = {pair[0]: pair[1:] for pair in (_GREEK + " " + _CYRILLIC).split()}
_TABLE = _SIGNS | _LETTERS | {letter.upper(): written.capitalize() for letter, written in _LETTERS.items()}


def latin(text: str) -> str:
    """Return the text with each letter outside Latin-1 written in the nearest letters; what has none becomes "?"."""
    return re.sub(r"\s+", " ", "".join(_letter(each) for each in unicodedata.normalize("NFC", text))).strip()


def field(text: str, length: int) -> str:
    """Return the text as it stands in a field of this length, cut at a word where one ends near; a dash where nothing is left of it."""
    written = latin(text) or "-"
    if len(written) <= length:
        return written
    words = written[: length + 1].rpartition(" ")[0]
    return words if len(words) > length * 2 // 3 else written[:length].strip()


def _letter(letter: str) -> str:
    if letter in _TABLE:
        return _TABLE[letter]
    if letter.isspace():
        return " "
    if unicodedata.category(letter) in {"Cc", "Cf"}:
        return ""
    if ord(letter) < 256:
        return letter
    bare = "".join(each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each))
    if bare == letter:
        return "?"
    return "".join(_letter(each) for each in bare)
