"""Name the characters that double the price of a text, and mend it. Knows no prices and no parts."""

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from staffetta.sms.alphabet import is_gsm
from staffetta.sms.replacements import REPLACEMENTS

# A letter with its combining accents is one character to whoever wrote it (some systems send 'e' + U+0301 for 'é').
_CHARACTER: Final = re.compile("[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]+", re.DOTALL)

# Categories that carry no word: symbols and emoji, their joiners and modifiers, marks, controls, private, unassigned.
_DROPPED: Final = frozenset({"So", "Sk", "Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"})


class Costly(NamedTuple):
    """A character that forces UCS-2, where it stands, and what GSM has instead.

    `positions` count Python characters from 0. `replacement` is "" for what can be left out (an emoji), None where
    nothing in GSM says the same (a letter of another script).
    """

    character: str
    positions: tuple[int, ...]
    replacement: str | None


def costly(text: str) -> list[Costly]:
    """Return the characters that force UCS-2, each once, in the order they first appear; [] for a GSM text."""
    if is_gsm(text):
        return []
    found: dict[str, list[int]] = {}
    cheap: set[str] = set()
    for match in _CHARACTER.finditer(text):
        character = match[0]
        if character in found:
            found[character].append(match.start())
        elif character not in cheap:
            if is_gsm(character):
                cheap.add(character)
            else:
                found[character] = [match.start()]
    return [Costly(character, tuple(positions), replacement(character)) for character, positions in found.items()]


def repaired(text: str) -> str:
    """Return the text with each costly character replaced, where there is a replacement; a GSM text unchanged."""
    if is_gsm(text):
        return text
    return _CHARACTER.sub(lambda match: _mended(match[0]), text)


@lru_cache(4096)  # a text has few different characters, however long it is
def _mended(character: str) -> str:
    if is_gsm(character):
        return character
    better = replacement(character)
    return character if better is None else better


def replacement(character: str) -> str | None:
    """Return the nearest GSM text of one costly character: "" to leave it out, None where there is none."""
    composed = unicodedata.normalize("NFC", character)
    if composed in REPLACEMENTS:
        return REPLACEMENTS[composed]
    if is_gsm(composed):
        return composed
    # NFKD takes ligatures, full-width and styled letters apart ('ﬁ', 'Ａ', '𝐁') and accents off ('ê').
    plain = "".join(_plain(char) for char in unicodedata.normalize("NFKD", composed))
    if plain and is_gsm(plain):
        return plain
    if all(unicodedata.category(char) in _DROPPED for char in composed):
        return ""
    return None


def _plain(char: str) -> str:
    if unicodedata.category(char) in ("Mn", "Me"):
        return ""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return REPLACEMENTS.get(char, char)
