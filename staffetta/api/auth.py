"""Let a program in: by its key, or by log-in and API password. Reads accounts; takes note of a key's last use, once a minute at most."""

import hmac
import secrets
import time
from collections import OrderedDict
from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q

from staffetta.accounts import apikeys, apipassword, operator
from staffetta.accounts.errors import AccountClosed
from staffetta.accounts.models import ApiKey, User
from staffetta.api.errors import AccessDenied, AddressNotAllowed, KeyEnded, KeyUnknown, TooManyWrong
from staffetta.api.principal import Principal
from staffetta.lib import clock

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


def by_key(key: str, address: str) -> Principal:
    """Return whom a key lets in. Raises KeyUnknown, KeyEnded, AddressNotAllowed, AccountClosed."""
    found = ApiKey.objects.select_related("account", "user").filter(hash=apikeys.hashed(key)).first()
    if found is None:
        raise KeyUnknown
    return admitted(found, address)


def admitted(key: ApiKey, address: str) -> Principal:
    """Return whom a known key lets in from an address. Raises KeyEnded, AddressNotAllowed, AccountClosed."""
    now = clock.now()
    if key.revoked_at or (key.expires_at and key.expires_at <= now):
        raise KeyEnded(begins=key.begins)
    if not apikeys.allowed_from(key.networks, address):
        raise AddressNotAllowed(begins=key.begins, address=address)
    if key.account.closed_at is not None:
        raise AccountClosed(account=key.account.name)
    if key.used_at is None or now - key.used_at > NOTED_AFTER:
        stale = Q(used_at=None) | Q(used_at__lt=now - NOTED_AFTER)
        ApiKey.objects.filter(stale, pk=key.pk).update(used_at=now, used_from=address or None)
    return Principal(
        key.account_id,
        key.user_id or 0,
        key.pk,
        key.sandbox,
        tuple(key.scopes),
        key.per_minute or settings.API_CALLS_PER_MINUTE,
        key.account.time_zone,
        key.account.country,
        key.user.language if key.user else "it",
    )


def by_password(login: str, password: str, address: str) -> Principal:
    """Return whom log-in and API password let in; the log-in may end in @ and the realm. Raises AccessDenied, TooManyWrong."""
    name = login.strip()
    realm = f"@{operator.current().realm}"
    if name.lower().endswith(realm.lower()):
        name = name[: -len(realm)]
    tried = (name.lower(), address)
    _check_not_guessing(tried)
    user = (
        User.objects.select_related("account")
        .filter(username__iexact=name, is_active=True, account__closed_at=None, account__isnull=False)
        .annotate(encoded=F("account__api_password"))
        .first()
    )
    encoded: str = user.encoded if user else ""
    if user is None or user.account is None or not _is_right(password, encoded):
        _note_wrong(tried)
        raise AccessDenied
    account = user.account
    return Principal(account.pk, user.pk, time_zone=account.time_zone, country=account.country, language=user.language)


def _is_right(password: str, encoded: str) -> bool:
    digest = hmac.digest(_SECRET, password.encode("utf-8", "surrogatepass"), "sha256")
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
