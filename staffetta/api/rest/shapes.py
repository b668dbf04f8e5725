"""The kinds of value that several resources share, as pydantic reads and writes them."""

from typing import Annotated, Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from ninja import Path, Query, Schema
from pydantic import ConfigDict, Field, StringConstraints

from staffetta.accounts.models import Account
from staffetta.api.errors import LiveKeyNeeded, NotFound
from staffetta.api.principal import Principal

ID_MAX = 2**63 - 1
Id = Annotated[int, Path(ge=1, le=ID_MAX)]
SomeId = Annotated[int, Field(ge=1, le=ID_MAX)]
# PostgreSQL holds no NUL, and says so with an error.
_CLEAN = r"^[^\x00]*$"
Words = Annotated[str, StringConstraints(max_length=200, pattern=_CLEAN)]
Prose = Annotated[str, StringConstraints(max_length=10_000, pattern=_CLEAN)]
Number = Annotated[str, StringConstraints(max_length=64, pattern=_CLEAN)]
# ninja looks at the first annotation alone: in a query the limits stand beside the words.
NumberSought = Annotated[str, Query(max_length=64, pattern=_CLEAN, description="Of the recipient, or its beginning.")]
KeySought = Annotated[str, Query(max_length=100, pattern=r"^[ -~]*$", description="Your own key, with which the message was sent.")]
WordsSought = Annotated[str, Query(max_length=200, pattern=_CLEAN, description="Words that name, surname or number have.")]
Credits = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{4}$", examples=["1.6000"])]


class Given(Schema):
    """What a caller writes: a field that we do not know is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


def caller(request: HttpRequest) -> tuple[Principal, str]:
    """Return who calls, and under which Idempotency-Key ("" for none): the door has written both on the request."""
    return request.principal, request.key  # type: ignore[attr-defined]


def live(who: Principal) -> None:
    """Raise LiveKeyNeeded where a sandbox key would touch what is real."""
    if who.sandbox:
        raise LiveKeyNeeded


def own(rows: QuerySet[Any], who: Principal, what: str, **which: Any) -> Any:
    """Return the row of the caller's account. Raises NotFound, for another account's too."""
    found: Model | None = rows.filter(account_id=who.account_id, **which).first()
    if found is None:
        raise NotFound(what=f"{what} {which['pk']}" if "pk" in which else what)
    return found


def account_of(who: Principal) -> Account:
    """Return the caller's account."""
    return Account.objects.get(pk=who.account_id)
