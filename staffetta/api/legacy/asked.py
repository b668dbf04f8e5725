"""Make of the parameters of a call who calls and what is asked. Values in, values out; knows neither request nor database.

XML-RPC and SOAP have the same parameters and the same rules.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from staffetta.api.errors import AccessDenied, ParameterMissing, ParameterWrong, TextUnreadable
from staffetta.api.legacy import base64text
from staffetta.api.operations import KEY_MAX
from staffetta.contacts.problems import PROBLEMS
from staffetta.messaging.errors import NumberRefused
from staffetta.messaging.offer import Asked

_INTEGER: Final = re.compile(r"-?[0-9]+").fullmatch
_DIGITS: Final = re.compile(r"[0-9]+").fullmatch
_KEY: Final = re.compile(rf"[ -~]{{1,{KEY_MAX}}}").fullmatch
_TIME: Final = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ][0-9].*", re.DOTALL).fullmatch
_BLANK_FOR_PLUS: Final = re.compile(r" (?=[0-9]{2}:?[0-9]{2}$)")
# No type has such a number: it is refused by the list of types, as every unknown one.
_NO_TYPE: Final = -1
# No sender looks like this: types with a free sender refuse it, those with a fixed one never look.
_NO_SENDER: Final = "\ufffd"
_YEARS: Final = range(2000, 3000)


class Credentials(NamedTuple):
    """Who says to be calling."""

    login: str
    password: str


def credentials(given: Mapping[str, str]) -> Credentials:
    """Return log-in and API password. Raises ParameterMissing, AccessDenied."""
    login, password = _needed(given, "authlogin"), _needed(given, "authpasswd")
    if "\0" in login:  # no log-in has it, and the database cannot be asked for it
        raise AccessDenied
    return Credentials(login, password)


def asked(given: Mapping[str, str], time_zone: str) -> Asked:
    """Return the message that is asked for. Raises ParameterMissing, ParameterWrong, NumberRefused, TextUnreadable.

    First what is missing is told, then what is wrong; what a value says is judged by the offer.
    """
    body, destination, id_api = (_needed(given, name) for name in ("body", "destination", "id_api"))
    if not _DIGITS(destination):
        raise ParameterWrong(name="destination")
    if destination.startswith("0"):  # a prefix to dial abroad, or a national number: which country's is not guessed
        raise NumberRefused(number=destination[:40], why=PROBLEMS["number_country_unknown"], problem="number_country_unknown")
    if not _INTEGER(id_api):
        raise ParameterWrong(name="id_api")
    return Asked(
        int(id_api) if len(id_api) < 18 else _NO_TYPE,
        f"+{destination}",
        _body(body),
        _sender(given.get("sender", "")),
        _key(given.get("client_id", "")),
        time(given.get("deliver_timestamp", ""), time_zone),
    )


def time(value: str, time_zone: str) -> datetime | None:
    """Return when a message shall leave: `2026-12-24 18:00:00` in this time zone, ISO 8601, or Unix seconds. Raises ParameterWrong."""
    value = value.strip()
    if not value:
        return None
    try:
        if _DIGITS(value):
            found = datetime.fromtimestamp(int(value[:19]), UTC)
        elif _TIME(value):
            found = datetime.fromisoformat(_BLANK_FOR_PLUS.sub("+", value) if "T" in value else value)
        else:
            raise ParameterWrong(name="deliver_timestamp")
    except (ValueError, OverflowError, OSError):
        raise ParameterWrong(name="deliver_timestamp") from None
    if found.year not in _YEARS:
        raise ParameterWrong(name="deliver_timestamp")
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(time_zone))


def _needed(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "")
    if not value:
        raise ParameterMissing(name=name)
    return value


def _body(value: str) -> str:
    try:
        return base64text.decode(value)
    except ValueError:
        raise TextUnreadable from None


@lru_cache(1024)  # a program has few
def _sender(value: str) -> str:
    try:
        return base64text.decode(value).strip()
    except ValueError:
        return _NO_SENDER


def _key(value: str) -> str:
    if value and not _KEY(value):
        raise ParameterWrong(name="client_id")
    return value
