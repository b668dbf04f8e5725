"""The operator's rules for lookups: price, how long a result is fresh, limits. Read wherever they matter, changed by the staff on one page."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.lookup.errors import LookupSettingWrong
from staffetta.lookup.models import LookupSettings

NAMES = tuple(field.name for field in LookupSettings._meta.fields if field.name not in {"id", "changed_at"})


def current() -> LookupSettings:
    """Return the rules; the first ones where nobody has changed them."""
    return LookupSettings.objects.get_or_create(pk=1)[0]


@transaction.atomic
def change(staff: User | None = None, /, **values: Any) -> LookupSettings:
    """Change some rules, all or none. Raises LookupSettingWrong with a sentence for each that is not right."""
    current()
    row = LookupSettings.objects.select_for_update().get(pk=1)
    before = audit.values(row)
    for name, value in values.items():
        setattr(row, name, value)
    if wrong := problems({name: getattr(row, name) for name in NAMES}):
        raise LookupSettingWrong(problems=wrong, why=" ".join(wrong.values()))
    row.save(update_fields=[*values, "changed_at"])
    old, new = audit.changed(before, audit.values(row))
    if new:
        audit.record(staff, "change settings", "settings of lookups", before=old, after=new)
    return row


def problems(values: dict[str, Any]) -> dict[str, str]:
    """Return a whole sentence for each value that is not right."""
    found = {}
    if not 0 <= values["price_e4"] <= 1_000_000:
        found["price_e4"] = _("A lookup must cost between 0 and 100 credits.")
    if not 0 <= values["fresh_days"] <= 365:
        found["fresh_days"] = _("A result can be fresh for 365 days at most: write 0 to 365.")
    if values["account_hour_max"] < 1 or values["account_day_max"] < 1 or values["number_day_max"] < 1:
        found["account_hour_max"] = _("Each limit must allow at least one lookup.")
    elif values["account_day_max"] < values["account_hour_max"]:
        found["account_day_max"] = _("The limit of a day, %(day)s, is below that of an hour, %(hour)s: write a higher one.") % {
            "day": values["account_day_max"],
            "hour": values["account_hour_max"],
        }
    return found
