"""Keys of programs: make, list, revoke, find. A key is shown once, when it is made; afterwards nobody can read it, only its hash is kept."""

import hashlib
import ipaddress
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from staffetta.accounts.errors import ExpiryPassed, KeyNameMissing, NetworkWrong, ScopeMissing, TooManyKeys
from staffetta.accounts.models import Account, ApiKey, User
from staffetta.accounts.scopes import SCOPES
from staffetta.lib import clock

LIVE, SANDBOX = "stf_live_", "stf_test_"
KEYS_MAX = 50
_SHOWN = 13  # "stf_live_" and four more characters


def hashed(key: str) -> str:
    """Return what is kept of a key. It is random and long: no salt, no slow hash is needed."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@transaction.atomic
def make(
    account: Account,
    user: User | None,
    name: str,
    scopes: Collection[str],
    *,
    sandbox: bool = False,
    networks: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; return it with its secret text, which is nowhere else. Raises KeyRefused.

    `networks`: addresses or networks it may be used from (none: from anywhere).
    """
    name = " ".join(name.split())[:60]
    if not name:
        raise KeyNameMissing
    chosen = [scope for scope in SCOPES if scope in scopes]
    if not chosen:
        raise ScopeMissing
    if expires_at is not None and expires_at <= clock.now():
        raise ExpiryPassed(time=timezone.localtime(expires_at).strftime("%d/%m/%Y %H:%M"))
    Account.objects.select_for_update().get(pk=account.pk)
    if in_use(account).count() >= KEYS_MAX:
        raise TooManyKeys(limit=KEYS_MAX)
    secret = (SANDBOX if sandbox else LIVE) + secrets.token_hex(20)
    key = ApiKey.objects.create(
        account=account,
        user=user,
        name=name,
        begins=secret[:_SHOWN],
        hash=hashed(secret),
        sandbox=sandbox,
        scopes=chosen,
        networks=[_network(network) for network in networks],
        expires_at=expires_at,
    )
    return key, secret


def in_use(account: Account) -> QuerySet[ApiKey]:
    """Return the keys that were not revoked, the newest first."""
    return ApiKey.objects.filter(account=account, revoked_at=None).order_by("-pk")


def revoke(account: Account, key_id: int) -> bool:
    """End a key at once; return False where the account has none such in use."""
    return bool(in_use(account).filter(pk=key_id).update(revoked_at=clock.now()))


def revoke_all_of(user: User) -> int:
    """End all keys that somebody made; return how many."""
    return ApiKey.objects.filter(user=user, revoked_at=None).update(revoked_at=clock.now())


def allowed_from(networks: Sequence[str], address: str) -> bool:
    """Tell whether an address lies in one of the networks; none given means from anywhere."""
    if not networks:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in ipaddress.ip_network(network) for network in networks)


def _network(value: str) -> str:
    try:
        return str(ipaddress.ip_network(value.strip(), strict=False))
    except ValueError:
        raise NetworkWrong(value=value) from None
