"""The audit log: the one writer of it. Knows not what the actions mean; who acts calls it in the transaction of the act."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db.models import Model
from django.forms.models import model_to_dict

from staffetta.accounts.models import AuditLine, User

# Never written down, whatever row they stand in.
_SECRET = frozenset({"password", "token", "content", "xml", "pdf", "raw"})

_acting_from: ContextVar[str | None] = ContextVar("acting_from", default=None)


@contextmanager
def acting_from(address: str | None) -> Iterator[None]:
    """Note this address in every line that is written meanwhile: the rules that write them know of no request."""
    before = _acting_from.set(address)
    try:
        yield
    finally:
        _acting_from.reset(before)


def record(
    user: User | None,
    action: str,
    target: str,
    *,
    account_id: int | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
    address: str | None = None,
) -> AuditLine:
    """Write that the user (None: the command line or a job) did this to that; `before` and `after` are plain values."""
    return AuditLine.objects.create(
        user=user,
        action=action,
        target=target[:120],
        account_id=account_id,
        before=before,
        after=after,
        reason=reason[:300],
        address=address or _acting_from.get(),
    )


def values(row: Model) -> dict[str, Any]:
    """Return a row's values as they go into the log: plain, without secrets and files."""
    return {name: _plain(value) for name, value in model_to_dict(row).items() if name not in _SECRET}


def changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return of both only the values that differ."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(part) for part in value]
    return str(value)
