"""A date and time as a person writes it, in a zone whose clocks go forward and back. Knows no page."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%d/%m/%Y %H.%M", "%d-%m-%Y %H:%M")
_SHOWN = "%d/%m/%Y %H:%M"


def read(written: str, zone: ZoneInfo) -> datetime:
    """Return the moment that is meant. Raises ValidationError where there is none, or where the clock shows that hour twice."""
    text = " ".join(written.split())
    if not text:
        raise ValidationError(_("Choose the date and time at which the send shall leave, or choose “Now”."))
    for form in _FORMATS:
        try:
            wall = datetime.strptime(text, form)
            break
        except ValueError:
            continue
    else:
        raise ValidationError(_("“%(text)s” is not a date and time: write it like 22/11/2026 14:30.") % {"text": text[:40]})
    return _only(wall, zone)


def _only(wall: datetime, zone: ZoneInfo) -> datetime:
    first, second = wall.replace(tzinfo=zone), wall.replace(tzinfo=zone, fold=1)
    shift = _abs(first.utcoffset(), second.utcoffset())
    if not shift:
        return first
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise ValidationError(
            _("%(time)s does not exist: that night the clocks go forward. Choose %(later)s, or another time.")
            % {"time": wall.strftime(_SHOWN), "later": (wall + shift).strftime(_SHOWN)}
        )
    raise ValidationError(
        _("On %(time)s the clocks go back and that hour comes twice: choose a time before or after it, for example %(later)s.")
        % {"time": wall.strftime(_SHOWN), "later": (wall + shift).strftime(_SHOWN)}
    )


def _abs(first: timedelta | None, second: timedelta | None) -> timedelta:
    return abs((first or timedelta()) - (second or timedelta()))
