"""How a CSV or fixed-width statement is to be read: checked before it is kept. Set once by the staff."""

import codecs
import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.billing.bank.errors import MappingWrong
from staffetta.billing.models import StatementMapping

FIELDS: dict[str, Promise] = {
    "date": pgettext_lazy("statement", "date"),
    "amount": pgettext_lazy("statement", "amount"),
    "reason": pgettext_lazy("statement", "reason"),
    "payer": pgettext_lazy("statement", "payer"),
    "reference": pgettext_lazy("statement", "reference"),
    "sign": pgettext_lazy("statement", "sign"),
}
NEEDED = ("date", "amount")
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "cp850")


@transaction.atomic
def save(mapping: StatementMapping, staff: User | None) -> StatementMapping:
    """Keep a mapping, new or changed. Raises MappingWrong with a sentence for each field that is not right."""
    if wrong := problems(mapping):
        raise MappingWrong(problems=wrong, why=" ".join(wrong.values()))
    earlier = StatementMapping.objects.filter(pk=mapping.pk).first() if mapping.pk else None
    before = audit.values(earlier) if earlier else {}
    mapping.save()
    was, now = audit.changed(before, audit.values(mapping))
    audit.record(staff, "statement mapping", f"mapping {mapping.pk}", before=was, after=now)
    return mapping


def problems(mapping: StatementMapping) -> dict[str, str]:
    """Return a whole sentence for each field that is not right."""
    found: dict[str, str] = {}
    if not mapping.name.strip():
        found["name"] = _("The name is empty: write for example the name of the bank.")
    if codecs_unknown(mapping.encoding):
        found["encoding"] = _("“%(value)s” is not a way to write letters that is known here: choose one of %(known)s.") % {
            "value": mapping.encoding,
            "known": ", ".join(ENCODINGS),
        }
    if mapping.kind == "csv" and not mapping.delimiter:
        found["delimiter"] = _("The character between two columns is missing: write for example a semicolon.")
    if not _date_format_works(mapping.date_format):
        found["date_format"] = _("“%(value)s” does not name day, month and year: write for example %%d/%%m/%%Y.") % {
            "value": mapping.date_format
        }
    for name in NEEDED:
        if not mapping.fields.get(name):
            found[name] = _("The column of the %(field)s is missing: without it no line can be read.") % {"field": FIELDS[name]}
    for name, place in mapping.fields.items():
        if name not in FIELDS:
            found[name] = _("“%(value)s” is not a field of a statement: use %(known)s.") % {"value": name, "known": ", ".join(FIELDS)}
        elif place and not (_is_stretch(place) if mapping.kind == "fixed" else _is_column(place)):
            found[name] = _wrong_place(mapping.kind, name)
    return found


def codecs_unknown(encoding: str) -> bool:
    """Tell whether an encoding is none of those offered."""
    try:
        return codecs.lookup(encoding).name not in {codecs.lookup(each).name for each in ENCODINGS}
    except LookupError:
        return True


def _wrong_place(kind: str, name: str) -> str:
    said = (
        _("The place of the %(field)s is not right: write from which character it begins, counted from 1, and its length.")
        if kind == "fixed"
        else _("The column of the %(field)s is not right: write its heading, or its number counted from 1.")
    )
    return said % {"field": FIELDS[name]}


def _is_stretch(place: Any) -> bool:
    return isinstance(place, dict) and all(isinstance(place.get(part), int) and 0 < place[part] <= 2000 for part in ("from", "length"))


def _is_column(place: Any) -> bool:
    if isinstance(place, str) and place.strip().isdecimal():
        place = int(place)
    return 0 < place <= 500 if isinstance(place, int) else isinstance(place, str) and bool(place.strip())


def _date_format_works(text: str) -> bool:
    # Written and read back: a format that loses a part of the date does not return the same day.
    day = datetime(2026, 11, 22)
    try:
        return bool(re.search("%[dj]", text)) and datetime.strptime(day.strftime(text), text) == day
    except ValueError:
        return False
