"""Who calls: the account behind the key, and what the key may."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from staffetta.accounts.models import ApiKey
from staffetta.api.rest.many import RECIPIENTS_MAX
from staffetta.api.rest.reading import BULK_BYTES_MAX
from staffetta.api.rest.shapes import account_of, caller

router = Router()


class AccountShown(Schema):
    """The account behind the key."""

    id: int
    name: str
    country: str
    time_zone: str


class KeyShown(Schema):
    """The key: what it begins with, what it may, from where and until when it is good."""

    begins: str
    name: str
    sandbox: bool
    scopes: list[str]
    networks: list[str]
    expires_at: datetime | None


class LimitsShown(Schema):
    """How much the key may ask for."""

    calls_per_minute: int
    recipients_per_call: int
    bytes_per_call: int


class MeShown(Schema):
    """Who calls."""

    account: AccountShown
    key: KeyShown
    limits: LimitsShown


@router.get("/me", response=MeShown, operation_id="getMe", summary="Who am I")
def read(request: HttpRequest) -> dict[str, Any]:
    """Return the account and the key of this call. Every key may ask."""
    who, _key = caller(request)
    account, key = account_of(who), ApiKey.objects.get(pk=who.key_id)
    return {
        "account": {"id": account.pk, "name": account.name, "country": account.country, "time_zone": account.time_zone},
        "key": {
            "begins": key.begins,
            "name": key.name,
            "sandbox": key.sandbox,
            "scopes": key.scopes,
            "networks": key.networks,
            "expires_at": key.expires_at,
        },
        "limits": {"calls_per_minute": who.per_minute, "recipients_per_call": RECIPIENTS_MAX, "bytes_per_call": BULK_BYTES_MAX},
    }
