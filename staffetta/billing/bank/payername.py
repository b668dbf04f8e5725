"""Names of payers as they can be compared: banks write them in capitals, without accents, with or without the form of the company. Pure."""

import re
import unicodedata

# Forms of companies and courtesies, as they stand without points.
_FORMS = frozenset(["SRL", "SRLS", "SPA", "SNC", "SAS", "SAPA", "SS", "SCARL", "SCRL", "SOC", "COOP", "SIG", "SIGRA", "DOTT", "DITTA"])


def folded(name: str) -> str:
    """Return a name without case, accents, signs, order of words and form of company: "Bruni S.r.l., Ferramenta" is "BRUNI FERRAMENTA"."""
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", name.upper()) if not unicodedata.combining(sign))
    words = re.sub(r"[^A-Z0-9 ]", " ", re.sub(r"[.'’]", "", bare)).split()
    return " ".join(sorted(set(words) - _FORMS))


def shown(name: str, iban: str) -> str:
    """Return name and account as a line keeps them: the staff need the account where money must go back."""
    return f"{name[:100].strip()} ({iban})" if iban else name[:140]


def of(payer: str) -> str:
    """Return the name of what `shown` has put together."""
    return re.sub(r" \([A-Z]{2}\d{2}[A-Z0-9]{8,30}\)$", "", payer)
