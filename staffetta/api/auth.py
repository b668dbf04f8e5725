"""Let a program in: by its key, or by log-in and API password. Reads accounts; takes note of a key's last use, once a minute at most."""

import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection

from staffetta.accounts import apikeys, apipassword, operator
from staffetta.accounts.errors import AccountClosed
from staffetta.api import guessing
from staffetta.api.errors import AccessDenied, AddressNotAllowed, KeyEnded, KeyUnknown
from staffetta.api.principal import Principal
from staffetta.lib import clock, prepared
from staffetta.messaging import origin

NOTED_AFTER = timedelta(minutes=1)
_REMEMBERED_MAX = 10_000

_SECRET = secrets.token_bytes(32)
# What this process has found right: a digest of log-in, password and place, and the hash that the password matched. Without the place
# whoever guesses would be told by this table, and not be counted.
_right: OrderedDict[bytes, str] = OrderedDict()
_right_lock = threading.Lock()


def bearer(header: str) -> str:
    """Return the key in an Authorization header. Raises KeyUnknown."""
    kind, _blank, key = header.strip().partition(" ")
    if kind.lower() != "bearer" or not key.strip():
        raise KeyUnknown
    return key.strip()


class KeyRow(NamedTuple):
    """A key with what is to be known of its account and its person, as one statement reads it."""

    hash: str
    key_id: int
    account_id: int
    user_id: int | None
    begins: str
    sandbox: bool
    scopes: list[str]
    networks: list[str]
    per_minute: int | None
    expires_at: datetime | None
    revoked_at: datetime | None
    used_at: datetime | None
    account: str
    closed_at: datetime | None
    time_zone: str
    country: str
    language: str | None
    person_active: bool


_KEYS = """
SELECT k.hash, k.id, k.account_id, k.user_id, k.begins, k.sandbox, k.scopes, k.networks, k.per_minute, k.expires_at, k.revoked_at, k.used_at,
    a.name, a.closed_at, a.time_zone, a.country, u.language,
    coalesce(u.is_active, true)
FROM accounts_apikey k JOIN accounts_account a ON a.id = k.account_id LEFT JOIN accounts_user u ON u.id = k.user_id
WHERE k.hash = ANY(%(hashes)s::text[])
"""


def keys(hashes: Collection[str]) -> dict[str, KeyRow]:
    """Return the keys that have these hashes."""
    return {row[0]: KeyRow._make(row) for row in prepared.rows(_KEYS, {"hashes": list(hashes)})}


def by_key(key: str, address: str) -> Principal:
    """Return whom a key lets in. Raises KeyUnknown, KeyEnded, AddressNotAllowed, AccountClosed."""
    hashed = apikeys.hashed(key)
    return admitted(keys([hashed]).get(hashed), address)


def admitted(key: KeyRow | None, address: str) -> Principal:
    """Return whom a key that was read lets in from an address. Raises KeyUnknown, KeyEnded, AddressNotAllowed, AccountClosed."""
    if key is None:
        raise KeyUnknown
    now = clock.now()
    # Whoever was let out knows the keys they made. A key without a person was made by the staff.
    if key.revoked_at or (key.expires_at and key.expires_at <= now) or not key.person_active:
        raise KeyEnded(begins=key.begins)
    if not apikeys.allowed_from(key.networks, address):
        raise AddressNotAllowed(begins=key.begins, address=address)
    if key.closed_at is not None:
        raise AccountClosed(account=key.account)
    if key.used_at is None or now - key.used_at > NOTED_AFTER:
        _note_use(key.key_id, now, address)
    return Principal(
        key.account_id,
        key.user_id or 0,
        key.key_id,
        key.sandbox,
        tuple(key.scopes),
        key.per_minute or settings.API_CALLS_PER_MINUTE,
        key.time_zone,
        key.country,
        key.language or "it",
        origin.REST,
    )


# A key that somebody changes at this moment is noted by its next call: nobody waits for that.
_NOTE_USE = """
UPDATE accounts_apikey SET used_at = %(now)s, used_from = nullif(%(address)s, '')::inet WHERE id = (
    SELECT id FROM accounts_apikey WHERE id = %(key)s AND (used_at IS NULL OR used_at < %(stale)s) FOR UPDATE SKIP LOCKED)
"""


def _note_use(key_id: int, now: datetime, address: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_USE, {"key": key_id, "now": now, "stale": now - NOTED_AFTER, "address": address.partition("%")[0]})


class LoginRow(NamedTuple):
    """A user who can log in, of an account that is open, with the hash of its API password."""

    name: str
    user_id: int
    account_id: int
    encoded: str
    time_zone: str
    country: str
    language: str


_LOGINS = """
SELECT upper(u.username), u.id, a.id, a.api_password, a.time_zone, a.country, u.language
FROM accounts_user u JOIN accounts_account a ON a.id = u.account_id
WHERE upper(u.username) = ANY(%(names)s::text[]) AND u.is_active AND NOT u.awaits_confirmation AND a.closed_at IS NULL
"""


def logins(names: Collection[str]) -> dict[str, LoginRow]:
    """Return the users with these names (as `login_name` returns them) who can come in by an API password."""
    return {row[0]: LoginRow._make(row) for row in prepared.rows(_LOGINS, {"names": list(names)})}


def login_name(login: str) -> str:
    """Return a log-in as it is looked up: without blanks around it, without @ and the realm, in capitals."""
    name, realm = login.strip().upper(), f"@{operator.current().realm.upper()}"
    return name.removesuffix(realm)


def by_password(login: str, password: str, address: str, via: str = origin.HTTP) -> Principal:
    """Return whom log-in and API password let in; the log-in may end in @ and the realm. Raises AccessDenied, TooManyWrong."""
    return of_login(looked_at(login, password, address), via)


def looked_at(login: str, password: str, address: str) -> LoginRow:
    """Return whom log-in and API password belong to: 50 ms of work, unless they were seen before. Raises AccessDenied, TooManyWrong."""
    name = login_name(login)
    found = logins([name]).get(name) if "\0" not in name else None
    digest = _digest(login, password, address)
    if found and found.encoded and _right.get(digest) == found.encoded:
        return found
    guessing.check(login, address)
    # An unknown log-in takes as long as a wrong password: the time tells nothing.
    if not apipassword.matches(password, (found and found.encoded) or _nobodys()) or not found or not found.encoded:
        guessing.note(login, address)
        raise AccessDenied
    with _right_lock:
        _right[digest] = found.encoded
        _right.move_to_end(digest)
        while len(_right) > _REMEMBERED_MAX:
            _right.popitem(last=False)
    return found


def of_login(found: LoginRow, via: str = origin.HTTP) -> Principal:
    """Return whom a log-in stands for, its password having been seen."""
    return Principal(found.account_id, found.user_id, time_zone=found.time_zone, country=found.country, language=found.language, via=via)


def remembered(login: str, password: str, address: str) -> str | None:
    """Return the hash that this process has found a password to match, without work; None where it has not seen it yet."""
    return _right.get(_digest(login, password, address))


def _digest(login: str, password: str, address: str) -> bytes:
    # Lengths first: nothing can be moved from one into another.
    said = [each.encode("utf-8", "surrogatepass") for each in (login.strip().upper(), password, guessing.place(address))]
    return hmac.digest(_SECRET, b"".join(b"%d:%b" % (len(each), each) for each in said), "sha256")


@cache
def _nobodys() -> str:
    return make_password(secrets.token_urlsafe(), hasher="scrypt")
