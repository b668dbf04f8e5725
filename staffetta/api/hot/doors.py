"""The calls that are answered ahead of Django, each with how it is read and how its answer is written. Knows neither ASGI nor threads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.http import QueryDict

from staffetta.accounts import apikeys
from staffetta.api import auth
from staffetta.api.errors import BodyTooLarge, MethodNotAllowed
from staffetta.api.hot.call import Call, Key, Password
from staffetta.api.legacy import answers, parse
from staffetta.api.legacy.asked import asked, credentials
from staffetta.api.legacy.views import BODY_BYTES_MAX
from staffetta.api.operations import KEY_MAX, Sent
from staffetta.api.principal import Principal
from staffetta.api.rest import language, problems, reading, single
from staffetta.lib.errors import Refused
from staffetta.messaging.offer import Asked


class Request(NamedTuple):
    """A request as a door reads it; names of headers in small letters, `body` None where it is longer than the door takes."""

    method: str
    query: bytes
    headers: Mapping[str, str]
    body: bytes | None
    address: str


class Read(NamedTuple):
    """What a door has read: who the caller says to be, and what is asked. `login` and `password` are still to be looked at."""

    shown: Key | None
    asked: Asked | Callable[[Principal], Asked]
    language: str = ""
    login: str = ""
    password: str = ""


class Reply(NamedTuple):
    """An answer as bytes."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


@dataclass(frozen=True)
class Door:
    """One address. `refused` writes a refusal for which there is no call yet."""

    methods: frozenset[str]
    body_bytes_max: int
    read: Callable[[Request], Read]
    answered: Callable[[Call, Sent | Refused], Reply]
    refused: Callable[[Request, Refused], Reply]


def shown(read: Read, address: str) -> Key | Password | None:
    """Return what lets the caller in; None where the password has to be looked at first, which takes its time."""
    if read.shown is not None:
        return read.shown
    encoded = auth.remembered(read.login, read.password, address)
    return None if encoded is None else Password(read.login, encoded)


def _read_legacy(request: Request) -> Read:
    if request.method not in {"GET", "POST"}:
        raise MethodNotAllowed(method=request.method, allowed="GET, POST")
    if request.body is None:
        raise BodyTooLarge(limit=BODY_BYTES_MAX)
    given = parse.parameters(request.query, request.headers.get("content-type", ""), request.body)
    login, password = credentials(given)
    return Read(None, lambda who: asked(given, who.time_zone), "", login, password)


# The language of who is not known and asks for none.
_UNKNOWN = "it"
_PLAIN = [("content-type", "text/plain"), ("cache-control", "no-store")]


def _line(answer: Sent | Refused) -> Reply:
    return Reply(200, _PLAIN, answers.line(answer))


LEGACY = Door(
    frozenset(),
    BODY_BYTES_MAX,
    _read_legacy,
    lambda _call, answer: _line(answer),
    lambda _request, refusal: _line(refusal),
)


def _read_rest(request: Request) -> Read:
    key = apikeys.hashed(auth.bearer(request.headers.get("authorization", "")))
    # The caller is let in, and counted, before its mistakes are told.
    return Read(Key(key), lambda _who: _asked_rest(request), _language(request))


def _asked_rest(request: Request) -> Asked:
    """Return what is asked. Raises the same as Django's door does (`rest/door.py`), in the same order."""
    if request.query:
        with reading.countable():
            reading.check_names(QueryDict(request.query), ())
    if request.body is None:
        raise BodyTooLarge(limit=reading.SMALL_BYTES_MAX)
    if request.body:
        reading.check_type(request.headers.get("content-type", ""))
    own = reading.key_of(request.headers.get("idempotency-key", ""), KEY_MAX)
    return single.decode(request.body, own)


def _language(request: Request) -> str:
    header = request.headers.get("accept-language", "")
    return language.chosen(header, "") if header else ""


def _written(call: Call, answer: Sent | Refused) -> Reply:
    language = call.language or _UNKNOWN
    status, headers, body = single.encode(answer, language)
    found = dict(headers) | dict(call.left.headers() if call.left else ())
    if isinstance(answer, Refused):
        found["Content-Language"] = language
    return Reply(status, list(found.items()), body)


def _problem(request: Request, refusal: Refused) -> Reply:
    language = _language(request) or _UNKNOWN
    status, headers, body = problems.rendered(refusal, language)
    return Reply(status, [*headers, ("Content-Language", language)], body)


REST = Door(frozenset({"POST"}), reading.SMALL_BYTES_MAX, _read_rest, _written, _problem)
DOORS = {"/http/send_sms": LEGACY, "/http/send_sms/": LEGACY, "/api/v1/messages": REST}


def door(path: str, method: str) -> Door | None:
    """Return the door for an address; None where Django answers."""
    found = DOORS.get(path)
    return found if found and (not found.methods or method in found.methods) else None
