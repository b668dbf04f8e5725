"""Let a program in: by its key, or by log-in and API password. Reads accounts; takes note of a key's last use, once a minute at most."""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q

from staffetta.accounts import apikeys, apipassword, operator
from staffetta.accounts.errors import AccountClosed
from staffetta.accounts.models import ApiKey
from staffetta.api.errors import AccessDenied, AddressNotAllowed, KeyEnded, KeyUnknown, TooManyWrong
from staffetta.api.principal import Principal
from staffetta.lib import clock, prepared

NOTED_AFTER = timedelta(minutes=1)
WRONG_MAX, WRONG_WAIT_S = 20, 300
_REMEMBERED_MAX = 10_000

_SECRET = secrets.token_bytes(32)
# Passwords found right by this process: a digest of the password, and the hash it matched. A new password has a new hash.
_right: OrderedDict[bytes, str] = OrderedDict()
_wrong: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()


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


_KEYS = """
SELECT k.hash, k.id, k.account_id, k.user_id, k.begins, k.sandbox, k.scopes, k.networks, k.per_minute, k.expires_at, k.revoked_at, k.used_at,
    a.name, a.closed_at, a.time_zone, a.country, u.language
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
    if key.revoked_at or (key.expires_at and key.expires_at <= now):
        raise KeyEnded(begins=key.begins)
    if not apikeys.allowed_from(key.networks, address):
        raise AddressNotAllowed(begins=key.begins, address=address)
    if key.closed_at is not None:
        raise AccountClosed(account=key.account)
    if key.used_at is None or now - key.used_at > NOTED_AFTER:
        stale = Q(used_at=None) | Q(used_at__lt=now - NOTED_AFTER)
        ApiKey.objects.filter(stale, pk=key.key_id).update(used_at=now, used_from=address or None)
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
    )


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


def by_password(login: str, password: str, address: str) -> Principal:
    """Return whom log-in and API password let in; the log-in may end in @ and the realm. Raises AccessDenied, TooManyWrong."""
    name = login_name(login)
    tried = (name, address)
    _check_not_guessing(tried)
    found = logins([name]).get(name) if "\0" not in name else None
    if found is None or not _is_right(password, found.encoded):
        _note_wrong(tried)
        raise AccessDenied
    return of_login(found)


def of_login(found: LoginRow) -> Principal:
    """Return whom a log-in stands for, its password having been seen."""
    return Principal(found.account_id, found.user_id, time_zone=found.time_zone, country=found.country, language=found.language)


def remembered(password: str) -> str | None:
    """Return the hash that this process has found a password to match, without work; None where it has not seen it yet."""
    return _right.get(_digest(password))


def _digest(password: str) -> bytes:
    return hmac.digest(_SECRET, password.encode("utf-8", "surrogatepass"), "sha256")


def _is_right(password: str, encoded: str) -> bool:
    digest = _digest(password)
    if encoded and _right.get(digest) == encoded:
        return True
    if not apipassword.matches(password, encoded):
        return False
    _right[digest] = encoded
    while len(_right) > _REMEMBERED_MAX:
        _right.popitem(last=False)
    return True


def _check_not_guessing(tried: tuple[str, str]) -> None:
    count, since = _wrong.get(tried, (0, 0.0))
    left_s = since + WRONG_WAIT_S - time.monotonic()
    if count >= WRONG_MAX and left_s > 0:
        raise TooManyWrong(minutes=int(left_s // 60) + 1)


def _note_wrong(tried: tuple[str, str]) -> None:
    count, since = _wrong.get(tried, (0, 0.0))
    now = time.monotonic()
    _wrong[tried] = (1, now) if now - since > WRONG_WAIT_S else (count + 1, since)
    while len(_wrong) > _REMEMBERED_MAX:
        _wrong.popitem(last=False)
