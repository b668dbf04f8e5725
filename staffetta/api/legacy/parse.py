"""Read the parameters of a call of the old HTTP interface, in whichever of its shapes it comes. Bytes in, values out; knows no request.

A value given twice counts as it was given last, and what stands in the body counts above the query.
"""

from io import BytesIO
from urllib.parse import unquote_to_bytes

from django.core.exceptions import SuspiciousOperation
from django.http.multipartparser import MultiPartParser, MultiPartParserError

from staffetta.api.errors import NotReadable

_FIELDS_MAX = 200
_LINE_MIN = 4
_BASE64 = ("sender", "body")
_USUAL = {name.encode(): name for name in ("authlogin", "authpasswd", "sender", "body", "destination", "id_api")}


def parameters(query: bytes, content_type: str, body: bytes) -> dict[str, str]:
    """Return every parameter of a call by its name. Raises NotReadable.

    A body that is not multipart is read as a form whatever it is called: some programs name no type.
    """
    found = _query(query)
    if not body:
        return found
    if content_type.lower().lstrip().startswith("multipart/"):
        return found | _multipart(content_type, body)
    return found | _form(body)


def text_of(value: bytes) -> str:
    """Return the characters of a value that is no base64: UTF-8 where it is that, else one character a byte."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _pairs(encoded: bytes) -> dict[str, str]:
    fields = encoded.split(b"&") if encoded else []
    if len(fields) > _FIELDS_MAX:
        raise NotReadable(why=f"more than {_FIELDS_MAX} parameters.")
    found: dict[str, str] = {}
    for field in fields:
        name, _equals, value = field.replace(b"+", b" ").partition(b"=")
        found[_USUAL.get(name) or _unescaped(name)] = _unescaped(value)
    if "authpasswd" in found:
        found["authpasswd"] = found["authpasswd"].replace(" ", "+")  # no API password has a blank: it was a plus, not escaped
    return found


def _unescaped(value: bytes) -> str:
    return text_of(unquote_to_bytes(value) if b"%" in value else value)


def _query(query: bytes) -> dict[str, str]:
    found = _pairs(query)
    return found | {name: found[name].replace(" ", "+") for name in _BASE64 if name in found}


def _form(body: bytes) -> dict[str, str]:
    found = _pairs(body)
    return found | {name: _plus_or_blank(found[name]) for name in _BASE64 if name in found}


def _plus_or_blank(value: str) -> str:
    """Return base64 out of a form with its pluses: a blank there is a plus that was not escaped, or one that an encoder broke lines with.

    The length tells, base64 being a multiple of four long; where it does not, blanks between lines of one length are breaks.
    """
    if " " not in value:
        return value
    bare = value.replace("\r", "").replace("\n", "")
    with_plus, without = bare.replace(" ", "+"), bare.replace(" ", "")
    if len(with_plus) % 4 == 0 and len(without) % 4:
        return with_plus
    if len(without) % 4 == 0 and len(with_plus) % 4:
        return without
    return without if _in_lines(value) else with_plus


def _in_lines(value: str) -> bool:
    first, *others = value.split() or [""]
    if not others:
        return bool(first)  # nothing but blanks are pluses
    return len(first) >= _LINE_MIN and all(len(line) == len(first) for line in others[:-1]) and len(others[-1]) <= len(first)


def _multipart(content_type: str, body: bytes) -> dict[str, str]:
    given = {"CONTENT_TYPE": content_type, "CONTENT_LENGTH": str(len(body))}
    try:
        fields, _files = MultiPartParser(given, BytesIO(body), [], "latin-1").parse()
    except (MultiPartParserError, SuspiciousOperation, ValueError, LookupError):
        raise NotReadable(why="the multipart body is broken.") from None
    return {text_of(name.encode("latin-1", "replace")): text_of(str(value).encode("latin-1", "replace")) for name, value in fields.items()}
