"""Moments as whole numbers, for cursors. Pure."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from staffetta.api.errors import ValueWrong

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_END = (datetime(9000, 1, 1, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)


def micros(when: datetime) -> int:
    """Return a moment in microseconds since 1970."""
    return (when - _EPOCH) // timedelta(microseconds=1)


def moment(number: int) -> datetime:
    """Return the moment that so many microseconds since 1970 are. Raises ValueWrong."""
    if number > _END:
        raise ValueWrong(name="cursor", why=_("it is none that we have given: begin without one."))
    return _EPOCH + timedelta(microseconds=number)
