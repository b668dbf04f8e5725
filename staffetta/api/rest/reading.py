"""Read the JSON of a call: strict, bounded in size, every fault told by the name of its field. Pure.

Strings with the character NUL are refused here, once for all: PostgreSQL cannot hold it.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from django.core.exceptions import TooManyFieldsSent
from django.utils.translation import gettext as _

from staffetta.api.errors import ApiRefused, BodyTooLarge, ContentTypeWrong, NotReadable, ParameterMissing, ValueWrong, WrongKind
from staffetta.api.rest import expected

SMALL_BYTES_MAX, BULK_BYTES_MAX = 64 * 1024, 4 * 2**20
JSON = "application/json"
_MISSING = re.compile(r"missing required field `([^`]+)`")
_UNKNOWN = re.compile(r"unknown field `([^`]*)`")
_PLACE = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`$")
_BOUNDS = (" of length ", "` >", "` <")
_any = msgspec.json.Decoder()
T = TypeVar("T")


def check_size(length: int, limit: int) -> None:
    """Raise BodyTooLarge for a body that is longer than it may be."""
    if length > limit:
        raise BodyTooLarge(limit=limit)


def check_type(content_type: str) -> None:
    """Raise ContentTypeWrong for a body that says to be something else than JSON."""
    kind, _semicolon, rest = content_type.partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w.-]+)", rest.lower())
    if kind.strip().lower() not in ("", JSON) or (charset and charset[1] not in ("utf-8", "utf8", "us-ascii")):
        raise ContentTypeWrong(type=content_type[:100])


def check_names(names: Iterable[str], known: Collection[str]) -> None:
    """Raise ValueWrong for a query parameter that the call does not have: it may be a filter with a slip in its name."""
    for name in names:
        if name not in known:
            raise unknown_field(name)


@contextmanager
def countable() -> Iterator[None]:
    """Raise NotReadable in place of Django's own error where a query has more parameters than it reads."""
    try:
        yield
    except TooManyFieldsSent:
        raise NotReadable(why=_("there are too many parameters behind the question mark.")) from None


def key_of(header: str, chars_max: int) -> str:
    """Return an Idempotency-Key as it is given ("" for none). Raises ValueWrong."""
    key = header.strip(" ")
    if len(key) > chars_max or not (key.isascii() and key.isprintable()):
        why = _("at most %(limit)s letters, digits and signs are taken; use for example a UUID.") % {"limit": chars_max}
        raise ValueWrong(name="Idempotency-Key", why=why)
    return key


def decoded(decoder: msgspec.json.Decoder[T], body: bytes) -> T:
    """Return what a body says. Raises ApiRefused."""
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise refusal(str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotReadable(why=_("it is not JSON (%(error)s).") % {"error": str(error)[:120]}) from None
    except RecursionError:
        raise NotReadable(why=_("its lists and objects are nested too deep.")) from None


def unknown_field(name: str) -> ValueWrong:
    """Return the refusal of a field that nobody knows."""
    return ValueWrong(name=name[:80], why=_("there is no such field: look at its spelling in the documentation."))


def out_of_bounds(name: str, bound: str) -> ValueWrong:
    """Return the refusal of a value that is beyond what a field takes."""
    return ValueWrong(name=name, why=_("it must be %(bound)s.") % {"bound": bound})


def refusal(said: str) -> ApiRefused:
    """Return what a fault found by msgspec is called."""
    place = _PLACE.search(said)
    where = place[1] if place else ""
    if missing := _MISSING.search(said):
        return ParameterMissing(name=_joined(where, missing[1]))
    if unknown := _UNKNOWN.search(said):
        return unknown_field(_joined(where, unknown[1]))
    name = where.replace("[...]", "") or _("body")
    if any(word in said for word in _BOUNDS):
        return out_of_bounds(name, expected.said_bound(said))
    return WrongKind(name=name, expected=expected.said_kind(said))


def _joined(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def has_nul(body: bytes) -> bool:
    """Tell whether a body may have the character NUL in a string: then every string is to be looked at."""
    return b"\\u0000" in body


def check_no_nul(value: Any, name: str = "") -> None:
    """Raise ValueWrong where a string within the value has the character NUL."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueWrong(name=name or _("body"), why=_("it has the character NUL, which no text may have: leave it out."))
    elif isinstance(value, dict):
        for key, each in value.items():
            check_no_nul(key, name)
            check_no_nul(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            check_no_nul(each, f"{name}[{place}]")


def whole(body: bytes) -> Any:
    """Return a body of any form, as plain values. Raises NotReadable, ValueWrong."""
    value = decoded(_any, body)
    if has_nul(body):
        check_no_nul(value)
    return value
