"""Read an XML-RPC call, and what stands in its structs. Bytes in, values out; knows no request.

A number where a string is due is taken as it is written: languages without types send `id_api` and `destination` either way;
their own types for bytes and times are taken where such are due.
"""

import base64
from datetime import datetime
from typing import Any, NamedTuple
from xml.parsers.expat import ExpatError
from xmlrpc.client import Error, Unmarshaller

from defusedxml.xmlrpc import DefusedExpatParser

from staffetta.api.errors import NotReadable, ParameterWrong

# Whatever a body that is no call does to the standard library's reader.
_BROKEN = (ExpatError, Error, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, AssertionError)

_NAMES = {"authlogin", "authpasswd", "sender", "body", "destination", "id_api", "deliver_timestamp", "client_id"}
_ENCODED = {"sender", "body"}


class Call(NamedTuple):
    """A method and what it is called with."""

    method: str
    parameters: tuple[Any, ...]


def call(body: bytes) -> Call:
    """Return the call in a body. Raises NotReadable; document types and entities are not read."""
    reader = Unmarshaller(use_builtin_types=True)
    try:
        parser = DefusedExpatParser(reader, forbid_dtd=True)
        parser.feed(body)
        parser.close()
        parameters, method = reader.close(), reader.getmethodname()
    except _BROKEN:
        raise NotReadable(why="it is no XML-RPC call.") from None
    if not isinstance(method, str):
        raise NotReadable(why="it is no XML-RPC call.")
    return Call(method, tuple(parameters))


def struct(value: Any, name: str) -> dict[str, Any]:
    """Return a struct. Raises ParameterWrong with this name for anything else."""
    if not isinstance(value, dict):
        raise ParameterWrong(name=name)
    return value


def strings(value: Any) -> dict[str, str]:
    """Return the parameters of a message, or who calls, each as a string. Raises ParameterWrong."""
    return {name: _string(name, each) for name, each in struct(value, "sms").items() if name in _NAMES}


def _string(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bytes) and name in _ENCODED:  # <base64>: its reader has decoded what the interface wants encoded
        return base64.b64encode(value).decode()
    if isinstance(value, datetime) and name == "deliver_timestamp":
        return value.isoformat(" ")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**18:
        return str(value)
    raise ParameterWrong(name=name)
