"""Texts with fields: "Ciao {nome|cliente}" and what each recipient reads. Knows nothing of who they are or what it costs."""

import re
from collections.abc import Callable, Collection
from operator import itemgetter

from staffetta.contacts.audience import Person
from staffetta.messaging.errors import BraceAlone, UnknownField

# Blanks around a name are stripped afterwards: three patterns in a row that all take blanks would be tried in every combination.
_FIELD = re.compile(r"\{([^{}|]+)(?:\|([^{}]*))?\}")

LINK = "link"
# Stands for a short link that is not known yet; no text of a person needs this private-use character.
MARK = "\ue0fd"

# What every contact has, by the names that people write in Italian and English.
FIXED: dict[str, Callable[[Person], str]] = {
    "nome": lambda person: person.name,
    "name": lambda person: person.name,
    "cognome": lambda person: person.surname,
    "surname": lambda person: person.surname,
    "cellulare": lambda person: person.number,
    "mobile": lambda person: person.number,
}


class Template:
    """A text with fields, made ready once and filled in for many."""

    def __init__(self, text: str, free: Collection[str] = (), link: str = "") -> None:
        """Read the fields of a text; `free` are the names of the account's own fields, `link` stands for {link} where there is one.

        Raises UnknownField for any other, BraceAlone for a brace that is not part of one.
        """
        self.text = text = text.replace(MARK, "") if link else text  # nobody's own words may be taken for it
        pieces = _FIELD.split(text)
        self._plain = pieces[0::3]
        names = [name.strip() for name in pieces[1::3]]
        self.fields = [name.casefold() for name in names]
        for plain in self._plain:
            if brace := re.search(r"[{}].{0,12}", plain):
                raise BraceAlone(near=brace[0])
        self._fallbacks = [fallback or "" for fallback in pieces[2::3]]
        # {name|} says that nothing shall stand there; {name} alone has not thought of it.
        self._unthought = [place for place, fallback in enumerate(pieces[2::3]) if fallback is None]
        self._free = {name.casefold() for name in free}
        self.link = link
        for written, field in zip(names, self.fields, strict=True):
            if field not in FIXED and field not in self._free and not (link and field == LINK):
                raise UnknownField(field=written, fields=", ".join(f"{{{name}}}" for name in [*list(FIXED)[::2], *sorted(self._free)]))
        self.wants_free = any(field not in FIXED and not (link and field == LINK) for field in self.fields)
        self._getters = [self._getter(field) for field in self.fields]

    def _getter(self, field: str) -> Callable[[Person], str]:
        if self.link and field == LINK:
            return lambda person: self.link
        return FIXED.get(field) or _free_field(field)

    @property
    def has_link(self) -> bool:
        """Tell whether a short link stands in the text."""
        return bool(self.link) and LINK in self.fields

    @property
    def is_plain(self) -> bool:
        """Tell whether everyone reads the same."""
        return not self.fields

    def values(self, person: Person) -> tuple[str, ...]:
        """Return what fills the fields for a person, fallbacks used: the same values give the same text."""
        found = [getter(person) or fallback for getter, fallback in zip(self._getters, self._fallbacks, strict=True)]
        if self.link:  # nobody's own data may be taken for it
            found = [value if field == LINK else value.replace(MARK, "") for field, value in zip(self.fields, found, strict=True)]
        return tuple(found)

    @property
    def unfilled(self) -> tuple[str, ...]:
        """Return for each field its name in braces, as it stands in the text while nobody is chosen; the short link is there already."""
        return tuple(self.link if self.link and field == LINK else f"{{{field}}}" for field in self.fields)

    def lacks(self, values: tuple[str, ...]) -> bool:
        """Tell whether a field is empty that has no other word given for it."""
        return any(not values[place] for place in self._unthought)

    def fill(self, values: tuple[str, ...]) -> str:
        """Return the text with its fields filled in."""
        pieces = [self._plain[0]]
        for value, plain in zip(values, self._plain[1:], strict=True):
            pieces += (value, plain)
        return "".join(pieces)


def names(text: str) -> set[str]:
    """Return the names of the fields that stand in a text, whether they are known or not."""
    return {name.strip().casefold() for name in _FIELD.split(text)[1::3]}


def _free_field(name: str) -> Callable[[Person], str]:
    getter = itemgetter(name)

    def value(person: Person) -> str:
        try:
            return str(getter(person.fields))
        except KeyError:
            return ""

    return value
