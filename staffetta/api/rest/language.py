"""In which language a caller is answered: what its Accept-Language names first, else that of the key's person. Pure."""

from django.utils.translation.trans_real import parse_accept_lang_header

SPOKEN = ("it", "en")
_HEADER_CHARS_MAX = 500


def chosen(header: str, otherwise: str) -> str:
    """Return "it" or "en"."""
    for tag, _weight in parse_accept_lang_header(header[:_HEADER_CHARS_MAX].lower()) if header else ():
        if tag[:2] in SPOKEN:
            return tag[:2]
    return otherwise
