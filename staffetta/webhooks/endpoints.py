"""Make, change and delete endpoints; a new secret for one. Keeps the line told of what each account listens to."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from staffetta.accounts.models import Account
from staffetta.lib import clock
from staffetta.messaging import events
from staffetta.webhooks import sign, targets
from staffetta.webhooks.errors import (
    BatchWrong,
    EndpointUnknown,
    KindsMissing,
    KindUnknown,
    TooManyEndpoints,
    UrlRefused,
)
from staffetta.webhooks.kinds import KINDS
from staffetta.webhooks.models import Endpoint

ENDPOINTS_MAX = 20
BATCH_MAX = 500
# So long the old secret signs beside the new one: time to change it at the receiver.
OLD_SECRET_FOR = timedelta(hours=24)


def listed(account_id: int) -> QuerySet[Endpoint]:
    """Return the endpoints of an account, the oldest first."""
    return Endpoint.objects.filter(account_id=account_id).order_by("pk")


def one(account_id: int, endpoint_id: int) -> Endpoint:
    """Return an endpoint of an account. Raises EndpointUnknown."""
    found = listed(account_id).filter(pk=endpoint_id).first()
    if found is None:
        raise EndpointUnknown(id=endpoint_id)
    return found


def create(account_id: int, url: str, kinds: Iterable[str], *, description: str = "", batch_max: int = 1, user_id: int = 0) -> Endpoint:
    """Make an endpoint, active at once. Raises UrlRefused, AddressRefused, KindUnknown, KindsMissing, BatchWrong, TooManyEndpoints."""
    fields = {"url": _url(url), "kinds": _kinds(kinds), "batch_max": _batch(batch_max), "description": _described(description)}
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account_id)
        if listed(account_id).count() >= ENDPOINTS_MAX:
            raise TooManyEndpoints(limit=ENDPOINTS_MAX)
        made = Endpoint.objects.create(account_id=account_id, user_id=user_id or None, secret=sign.new_secret(), **fields)
        _listen(account_id)
    return made


def change(
    account_id: int,
    endpoint_id: int,
    *,
    url: str | None = None,
    kinds: Iterable[str] | None = None,
    description: str | None = None,
    batch_max: int | None = None,
    active: bool | None = None,
) -> Endpoint:
    """Change what is given. Switched on again, an endpoint goes on with the calls that wait. Raises as `create`, and EndpointUnknown."""
    found = one(account_id, endpoint_id)
    fields: dict[str, object] = {}
    if url is not None and url.strip() != found.url:
        fields["url"] = _url(url)
    if kinds is not None:
        fields["kinds"] = _kinds(kinds)
    if description is not None:
        fields["description"] = _described(description)
    if batch_max is not None:
        fields["batch_max"] = _batch(batch_max)
    if active is not None and active != found.active:
        fields |= {"active": active, "disabled_at": None if active else clock.now(), "reason": "", "failing_since": None}
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account_id)
        Endpoint.objects.filter(pk=found.pk).update(**fields)
        _listen(account_id)
    if fields.get("active"):
        _try_at_once(found)
    return one(account_id, endpoint_id)


def delete(account_id: int, endpoint_id: int) -> None:
    """Delete an endpoint with its log; what waits is not sent any more. Raises EndpointUnknown."""
    found = one(account_id, endpoint_id)
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account_id)
        found.delete()
        _listen(account_id)


def rotate(account_id: int, endpoint_id: int) -> Endpoint:
    """Give an endpoint a new secret; for a day every call is signed with the old one too. Raises EndpointUnknown."""
    found = one(account_id, endpoint_id)
    found.old_secret, found.old_until = found.secret, clock.now() + OLD_SECRET_FOR
    found.secret = sign.new_secret()
    found.save(update_fields=["secret", "old_secret", "old_until"])
    return found


def disable(endpoint_id: int, reason: str) -> bool:
    """Switch an endpoint off by itself; return False where it is off already."""
    with transaction.atomic():
        account_id = Endpoint.objects.filter(pk=endpoint_id).values_list("account_id", flat=True).first()
        if account_id is None:
            return False
        Account.objects.select_for_update(no_key=True).get(pk=account_id)
        turned = Endpoint.objects.filter(pk=endpoint_id, active=True).update(active=False, disabled_at=clock.now(), reason=reason)
        _listen(account_id)
    return bool(turned)


def _try_at_once(endpoint: Endpoint) -> None:
    endpoint.deliveries.filter(state="waiting").update(due_at=clock.now(), first_at=None, attempts=0)


def _listen(account_id: int) -> None:
    """Tell the line what the account's active endpoints want; the caller holds the account's row, so that two changes come one by one."""
    wanted: set[str] = set()
    for kinds in listed(account_id).filter(active=True).values_list("kinds", flat=True):
        wanted.update(kinds)
    events.listen(account_id, wanted)


def _url(url: str) -> str:
    url = url.strip()
    targets.check(url)
    try:
        targets.resolve(url)
    except UrlRefused:
        return url  # a name that is not there yet: the log will say so
    return url


def _kinds(kinds: Iterable[str]) -> list[str]:
    given = set(kinds)
    for kind in sorted(given - set(KINDS)):
        raise KindUnknown(kind=kind[:40], known=", ".join(KINDS))
    if not given:
        raise KindsMissing
    return [kind for kind in KINDS if kind in given]


def _batch(value: int) -> int:
    if not 1 <= value <= BATCH_MAX:
        raise BatchWrong(value=value, limit=BATCH_MAX)
    return value


def _described(text: str) -> str:
    return " ".join(text.split())[:120]
