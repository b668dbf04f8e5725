"""Letters without accents and capitals, the same in Python and in SQL, so that a search for "Nicolo" finds "Nicolò". Knows no table."""

import unicodedata
from typing import Final

_ACCENTED: Final = "".join(
    chr(code)
    for code in range(0xC0, 0x180)  # the letters of Europe's languages: a longer table costs time at every letter
    if (base := unicodedata.normalize("NFD", chr(code))[0]) != chr(code) and base.isascii() and chr(code) == chr(code).lower()
)
_PLAIN: Final = "".join(unicodedata.normalize("NFD", letter)[0] for letter in _ACCENTED)
_APOSTROPHES: Final = "’‘ʼ`´"
FROM: Final = _ACCENTED + _APOSTROPHES
TO: Final = _PLAIN + "'" * len(_APOSTROPHES)
_TABLE: Final = str.maketrans(FROM, TO)


def folded(text: str) -> str:
    """Return the text as searches compare it."""
    return unicodedata.normalize("NFC", text).lower().translate(_TABLE)


def sql(expression: str) -> str:
    """Return the SQL that folds a text; fit for an index (immutable)."""
    table = f"'{FROM}', '{TO.replace(chr(39), chr(39) * 2)}'"
    plain = f"octet_length({expression}) = char_length({expression})"  # ASCII, as most texts are: nothing to translate
    return f"(CASE WHEN {plain} THEN lower({expression}) ELSE translate(lower({expression}), {table}) END)"


def pattern(text: str) -> str:
    """Return the LIKE pattern for texts that contain this one, once both are folded."""
    escaped = folded(text).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{escaped}%"
