"""What the words above a column mean: the mobile number, name, surname, or something else. Knows no rows."""

import re
import unicodedata
from typing import Final

# How surely a header means the mobile number: the lower the surer.
MOBILE, PHONE, NUMBER, FIXED = 1, 2, 3, 4

_STOP: Final = frozenset({"e", "di", "del", "della", "dell", "il", "la", "the", "of", "and"})
_MOBILE_WORDS: Final = frozenset({"cel", "cell", "cellulare", "cellulari", "mobile", "telefonino", "gsm", "smartphone", "msisdn"})
_MOBILE_PARTS: Final = ("cellular", "cellphone", "mobilephone", "mobilenumber", "numeromobile")
_PHONE_WORDS: Final = frozenset({"tel", "telef", "telefono", "phone", "telephone", "sms", "whatsapp"})
_PHONE_PARTS: Final = ("telefon", "phone")
_NUMBERS: Final = frozenset({"numero", "numeri", "number", "num", "recapito", "contatto"})
_FIXED_WORDS: Final = frozenset({"fisso", "casa", "abitazione", "ufficio", "lavoro", "landline", "fixed", "home", "office", "work"})
_OF_THE_NUMBER: Final = frozenset(
    {
        "fax",
        "tipo",
        "type",
        "operatore",
        "operator",
        "gestore",
        "prefisso",
        "prefix",
        "marca",
        "modello",
        "data",
        "date",
        "note",
        "consenso",
    }
)
_NAMES: Final = frozenset({"nome", "name", "firstname", "givenname", "forename", "nomeproprio", "nomecliente"})
_SURNAMES: Final = frozenset({"cognome", "surname", "lastname", "familyname", "cognomecliente"})
_WHOLE_NAMES: Final = frozenset({"nominativo", "nomecognome", "cognomenome", "nomecompleto", "fullname"})


def words(header: str) -> list[str]:
    """Return the words of a header in lower case, without accents, signs and small words: "Tel. cellulare" is tel, cellulare."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", header) if not unicodedata.combining(char))
    return [word for word in re.split(r"[\W_]+", plain.casefold()) if word and word not in _STOP]


def number_rank(header: str) -> int | None:
    """Return how surely a header means the mobile number, None where it does not."""
    found = words(header)
    joined, each = "".join(found), set(found)
    if each & _OF_THE_NUMBER:
        return None
    if each & _MOBILE_WORDS or any(part in joined for part in _MOBILE_PARTS):
        return MOBILE
    if each & _PHONE_WORDS or any(part in joined for part in _PHONE_PARTS):
        return FIXED if each & _FIXED_WORDS else PHONE
    return NUMBER if joined in _NUMBERS else None


def name_role(header: str) -> str | None:
    """Return "name", "surname", "whole" (name and surname in one cell), or None."""
    joined = "".join(words(header))
    for role, known in (("name", _NAMES), ("surname", _SURNAMES), ("whole", _WHOLE_NAMES)):
        if joined in known:
            return role
    return None


def roles_known(cells: list[str]) -> int:
    """Return how many different things the cells of a row name, if it is a header."""
    found = {name_role(cell) for cell in cells} | {"number" if number_rank(cell) else None for cell in cells}
    return len(found - {None})
