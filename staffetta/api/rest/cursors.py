"""Where a list goes on: an opaque text for the caller, numbers for us. Pure."""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.utils.translation import gettext as _
from ninja import Query, Schema

from staffetta.api.errors import ValueWrong

LIMIT, LIMIT_MAX = 50, 200
_BIGGEST = 2**63 - 1
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most.")]
Cursor = Annotated[str, Query(max_length=200, pattern=r"^[A-Za-z0-9_-]*$", description="`next` of the page before; blank: from the start.")]
T = TypeVar("T")


class Page(Schema, Generic[T]):
    """Some of a list, in order; `next` is the cursor of what follows, null at the end. A page may be short, even empty, before the end."""

    items: list[T]
    next: str | None


def page(items: Sequence[Any], *after: int | None) -> dict[str, Any]:
    """Return a page that goes on after these numbers; None where it is the last."""
    known = [number for number in after if number is not None]
    return {"items": list(items), "next": written(*known) if len(known) == len(after) and known else None}


def written(*numbers: int) -> str:
    """Return a cursor."""
    return base64.urlsafe_b64encode(".".join(map(str, numbers)).encode()).decode().rstrip("=")


def numbers(cursor: str, count: int) -> tuple[int, ...] | None:
    """Return the numbers in a cursor; None where it is blank. Raises ValueWrong."""
    if not cursor:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        found = tuple(int(part) for part in text.split(".") if part.isdecimal() and len(part) < 20)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        found = ()
    if len(found) != count or max(found) > _BIGGEST:
        raise ValueWrong(name="cursor", why=_("it is none that we have given: begin without one."))
    return found


def first(cursor: str) -> int:
    """Return the number in a cursor; 0 where it is blank. Raises ValueWrong."""
    found = numbers(cursor, 1)
    return found[0] if found else 0
