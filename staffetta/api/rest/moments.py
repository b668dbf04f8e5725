"""Moments: in UTC as they come in, as whole numbers for cursors. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import AfterValidator, AwareDatetime

from staffetta.api.errors import ValueWrong

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = (datetime(9000, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


def utc(when: datetime) -> datetime:
    """Return a moment in UTC: a caller may write any zone, PostgreSQL takes none beyond 16 hours. The calendar's ends hold."""
    try:
        return when.astimezone(UTC)
    except OverflowError:
        return (datetime.min if when.year == 1 else datetime.max).replace(tzinfo=UTC)


Moment = Annotated[AwareDatetime, AfterValidator(utc)]


def micros(when: datetime) -> int:
    """Return a moment in microseconds since 1970."""
    return (when - _EPOCH) // timedelta(microseconds=1)


def moment(number: int) -> datetime:
    """Return the moment that so many microseconds since 1970 are. Raises ValueWrong."""
    if number > _END:
        raise ValueWrong(name="cursor", why=_("it is none that we have given: begin without one."))
    return _EPOCH + timedelta(microseconds=number)
