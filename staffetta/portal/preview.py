"""The text as it will arrive: a contact's values filled in, cut where the network cuts, costly characters marked. Pure."""

import re
from dataclasses import dataclass
from itertools import groupby

from staffetta.messaging.merge import Template
from staffetta.sms import parts, repair

# Private-use characters stand around a value while it is filled in; no text of a person has them.
_BEGIN, _END = "\ue0fe", "\ue0ff"
_FIELD = re.compile(r"(\{[^{}]*\})")


@dataclass(frozen=True)
class Run:
    """Some characters of one look: `value` from a contact, `costly` forcing the short alphabet."""

    text: str
    value: bool
    costly: bool


def runs(template: Template, values: tuple[str, ...]) -> list[list[Run]]:
    """Return the runs of each part of the text with these values."""
    marked = template.fill(tuple(f"{_BEGIN}{value}{_END}" for value in values))
    text, inside = "", []
    is_value = False
    for character in marked:
        if character in (_BEGIN, _END):
            is_value = character == _BEGIN
            continue
        text += character
        inside.append(is_value)
    costly = {place + offset for found in repair.costly(text) for place in found.positions for offset in range(len(found.character))}
    looks = [(inside[place], place in costly) for place in range(len(text))]
    return _cut(text, looks)


def _cut(text: str, looks: list[tuple[bool, bool]]) -> list[list[Run]]:
    result, start = [], 0
    for part in parts.split(text):
        places = range(start, start + len(part))
        result.append(
            [Run("".join(text[place] for place in same), *look) for look, same in groupby(places, key=lambda place: looks[place])]
        )
        start += len(part)
    return result


def plain(text: str) -> str:
    """Return a template's text without its fields: what the writer can mend."""
    return _FIELD.sub("", text)


def repaired(text: str) -> str:
    """Return a template's text with its costly characters replaced, its fields untouched."""
    return "".join(piece if _FIELD.fullmatch(piece) else repair.repaired(piece) for piece in _FIELD.split(text))
